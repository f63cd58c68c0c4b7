/*
 * System calls about time.
 */
#include "calls.h"

enum { BILLION = 1000000000, CLOCK_REALTIME = 0, CLOCK_MONOTONIC = 1, CLOCK_PROCESS = 2, CLOCKS = 8, ABSOLUTE = 1 };

static u64 read_clock(u32 clock) {
  if (clock == CLOCK_PROCESS || clock == CLOCK_PROCESS + 1) return cycles_to_ns(current->ran_for + cycles() - current->on_since);
  int real = clock == CLOCK_REALTIME || clock == 5; /* 5: the coarse one */
  return now_ns() + (real ? (u64)boot_seconds() * BILLION : 0);
}

CALL(sys_time) {
  u32 seconds = (u32)(read_clock(CLOCK_REALTIME) / BILLION);
  if (a && copy_out(a, &seconds, sizeof seconds)) return -EFAULT;
  return seconds;
}

CALL(sys_gettimeofday) {
  u64 now = read_clock(CLOCK_REALTIME);
  struct timeval32 answer = {(u32)(now / BILLION), (u32)(now % BILLION / 1000)};
  return a ? copy_out(a, &answer, sizeof answer) : 0;
}

CALL(sys_clock_gettime) {
  if (a >= CLOCKS) return -EINVAL;
  u64 now = read_clock(a);
  struct timespec32 answer = {(u32)(now / BILLION), (u32)(now % BILLION)};
  return copy_out(b, &answer, sizeof answer);
}

CALL(sys_clock_gettime64) {
  if (a >= CLOCKS) return -EINVAL;
  u64 now = read_clock(a), answer[2] = {now / BILLION, now % BILLION};
  return copy_out(b, answer, sizeof answer);
}

CALL(sys_clock_getres) {
  static const struct timespec32 answer = {0, 1};
  return a >= CLOCKS ? -EINVAL : b ? copy_out(b, &answer, sizeof answer) : 0;
}

static int sleep(u64 until, u32 rest_at) {
  int why;
  while (!(why = sleep_until(&current->wake_at, until))) continue;
  if (why == -EAGAIN) return 0;
  u64 now = now_ns(), left = until > now ? until - now : 0;
  struct timespec32 rest = {(u32)(left / BILLION), (u32)(left % BILLION)};
  if (rest_at) copy_out(rest_at, &rest, sizeof rest);
  return -EINTR;
}

static int read_span(u32 at, u64 *span) {
  struct timespec32 wanted;
  if (copy_in(&wanted, at, sizeof wanted)) return -EFAULT;
  if (wanted.seconds < 0 || (u32)wanted.nanoseconds >= BILLION) return -EINVAL;
  *span = (u64)wanted.seconds * BILLION + wanted.nanoseconds;
  return 0;
}

CALL(sys_nanosleep) {
  u64 span;
  int error = read_span(a, &span);
  return error || !span ? error : sleep(now_ns() + span, b);
}

CALL(sys_clock_nanosleep) {
  u64 span;
  int error = read_span(c, &span);
  if (error || !span) return error;
  if (!(b & ABSOLUTE)) return sleep(now_ns() + span, d);
  u64 base = a == CLOCK_REALTIME ? (u64)boot_seconds() * BILLION : 0;
  return span > base ? sleep(span - base, 0) : 0;
}
