/*
 * Waiting for several files at once.  Nobody keeps lists of who waits for what: whenever anything has happened, all that
 * poll are woken, and look again.
 */
#include "calls.h"

enum { MILLISECOND = 1000000, DESCRIPTORS_MOST = 256, SET_WORDS = OPEN_FILES / 32 };
enum { SETS = 3 };

struct poll_entry {
  int descriptor;
  u16 wanted, found;
};

static u32 anything; /* only its address matters */
static u32 polling;

void announce(const void *channel) {
  wake_up(channel);
  if (polling) wake_up(&anything);
}

static u32 ready(struct file *file) { return file->operations->ready ? file->operations->ready(file) : POLLIN | POLLOUT; }

/* Sleeps until anything happens; true if it is worth looking again. */
static int wait(u64 until) {
  polling++;
  int error = sleep_until(&anything, until);
  polling--;
  return error;
}

static int look(u32 entries, u32 count) {
  int found = 0;
  for (u32 i = 0; i < count; i++) {
    struct poll_entry entry;
    u32 at = entries + i * sizeof entry;
    if (copy_in(&entry, at, sizeof entry)) return -EFAULT;
    struct file *file = entry.descriptor < 0 ? 0 : file_at(entry.descriptor);
    entry.found = file ? ready(file) & (entry.wanted | POLLERR | POLLHUP) : entry.descriptor < 0 ? 0 : POLLNVAL;
    found += entry.found != 0;
    if (copy_out(at, &entry, sizeof entry)) return -EFAULT;
  }
  return found;
}

/* until: 0 waits for ever, 1 (long past) not at all. */
static int poll_until(u32 entries, u32 count, u64 until) {
  if (count > DESCRIPTORS_MOST) return -EINVAL;
  for (;;) {
    int found = look(entries, count);
    if (found || (until && now_ns() >= until)) return found;
    int error = wait(until);
    if (error == -ERESTART) return -EINTR;
  }
}

CALL(sys_poll) { return poll_until(a, b, (int)c < 0 ? 0 : c ? now_ns() + (u64)c * MILLISECOND : 1); }

static int read_until(u32 at, u32 unit, u64 *until) {
  struct timespec32 span;
  *until = 0;
  if (!at) return 0;
  if (copy_in(&span, at, sizeof span)) return -EFAULT;
  u64 ns = (u64)(u32)span.seconds * 1000000000 + (u64)(u32)span.nanoseconds * unit;
  *until = ns ? now_ns() + ns : 1;
  return 0;
}

CALL(sys_ppoll) {
  u64 until;
  int error = read_until(c, 1, &until);
  return error ? error : poll_until(a, b, until);
}

static u32 readiness_bit(u32 set) { return set == 0 ? POLLIN | POLLHUP : set == 1 ? POLLOUT | POLLERR : 0; }

static int look_at_sets(u32 count, u32 wanted[SETS][SET_WORDS], u32 found[SETS][SET_WORDS]) {
  int total = 0;
  memset(found, 0, SETS * SET_WORDS * sizeof(u32));
  for (u32 set = 0; set < SETS; set++)
    for (u32 i = 0; i < count; i++) {
      if (!(wanted[set][i / 32] >> i % 32 & 1)) continue;
      struct file *file = file_at(i);
      if (!file) return -EBADF;
      if (!(ready(file) & readiness_bit(set))) continue;
      found[set][i / 32] |= 1u << i % 32;
      total++;
    }
  return total;
}

static int select_until(u32 count, const u32 *sets_at, u64 until) {
  u32 wanted[SETS][SET_WORDS] = {{0}}, found[SETS][SET_WORDS];
  if (count > OPEN_FILES) count = OPEN_FILES;
  u32 bytes = (count + 31) / 32 * 4;
  for (u32 set = 0; set < SETS; set++)
    if (sets_at[set] && copy_in(wanted[set], sets_at[set], bytes)) return -EFAULT;
  for (;;) {
    int total = look_at_sets(count, wanted, found);
    if (total < 0) return total;
    if (total || (until && now_ns() >= until)) {
      for (u32 set = 0; set < SETS; set++)
        if (sets_at[set] && copy_out(sets_at[set], found[set], bytes)) return -EFAULT;
      return total;
    }
    if (wait(until) == -ERESTART) return -EINTR;
  }
}

CALL(sys_select) {
  u64 until;
  int error = read_until(e, 1000, &until);
  return error ? error : select_until(a, (u32[]){b, c, d}, until);
}

CALL(sys_pselect6) {
  u64 until;
  int error = read_until(e, 1, &until);
  return error ? error : select_until(a, (u32[]){b, c, d}, until);
}
