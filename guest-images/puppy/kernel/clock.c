/*
 * Time.  The processor's counter says how late it is, where the host says how fast that runs; the host's alarm clock
 * rings once, and only if it was set.  Nobody waits, nothing rings.
 */
#include "processes.h"

enum { CLOCK_IRQ = 0, MILLION = 1000000, BILLION = 1000000000 };
#define SHORTEST_NS 1000u
#define LONGEST_NS 4000000000u

static u64 cycles_at_boot, rings_at; /* 0: not set */
static u32 seconds_at_boot;

static u64 host_ns(void) { return (u64)lguest_data.seconds * BILLION + lguest_data.nanoseconds; }

/* Without a counter we can trust there is still the time the host wrote down when it last interrupted us. */
u64 cycles(void) {
  if (!lguest_data.tsc_khz) return host_ns();
  u64 count;
  __asm__ volatile("rdtsc" : "=A"(count));
  return count;
}

u64 cycles_to_ns(u64 count) {
  u32 khz = lguest_data.tsc_khz;
  if (!khz) return count;
  return count / khz * MILLION + count % khz * MILLION / khz;
}

u64 now_ns(void) { return cycles_to_ns(cycles() - cycles_at_boot); }

u32 boot_seconds(void) { return seconds_at_boot; }

static void set_alarm(u64 when, u64 now) {
  u64 span = when > now + SHORTEST_NS ? when - now : SHORTEST_NS;
  rings_at = when;
  tell_host(LHCALL_SET_CLOCKEVENT, span < LONGEST_NS ? (u32)span : LONGEST_NS, 0, 0);
}

/* An alarm too many does no harm: whoever hears it looks what time it is. */
void clock_arm(u64 when) {
  if (!rings_at || when < rings_at) set_alarm(when, now_ns());
}

void clock_arm_after(u32 nanoseconds) {
  if (rings_at && rings_at <= now_ns() + nanoseconds) return;
  u64 now = now_ns();
  set_alarm(now + nanoseconds, now);
}

static void earliest(u64 *soonest, u64 when) {
  if (when && (!*soonest || when < *soonest)) *soonest = when;
}

void timers_run(void) {
  u64 now = now_ns(), next = 0;
  for (u32 i = 0; i < process_slots; i++) {
    struct process *process = processes[i];
    if (!process || process->state == ZOMBIE || process->state == DEAD) continue;
    if (process->wake_at && process->wake_at <= now) {
      process->wake_at = 0;
      make_runnable(process);
    }
    if (process->alarm_at && process->alarm_at <= now) {
      process->alarm_at = process->alarm_every ? now + process->alarm_every : 0;
      signal_process(process, SIGALRM);
    }
    earliest(&next, process->wake_at);
    earliest(&next, process->alarm_at);
  }
  if (next) clock_arm(next);
}

static void tick(struct frame *frame) {
  (void)frame;
  rings_at = 0;
  must_reschedule = 1;
  timers_run();
}

void clock_open(void) {
  seconds_at_boot = lguest_data.seconds;
  cycles_at_boot = cycles();
  interrupt_handler(CLOCK_IRQ, tick);
}
