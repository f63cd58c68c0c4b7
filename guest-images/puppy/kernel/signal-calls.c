/*
 * System calls about signals, the older and the newer ones; sets of signals have 32 bits in the old and 64 in the new,
 * and here nobody ever sends one above 31.
 */
#include "calls.h"

enum { MICROSECOND = 1000, BILLION = 1000000000 };
#define UNBLOCKABLE (1u << (SIGKILL - 1) | 1u << (SIGSTOP - 1))

int signal_frame_pop(struct frame *frame, int informed);

CALL(sys_kill) {
  int pid = a;
  if (b >= SIGNALS) return -EINVAL;
  if (pid == 0 || pid < -1) return signal_group(pid ? (u32)-pid : current->group, b);
  if (pid == -1) {
    for (u32 i = 0; i < process_slots; i++)
      if (processes[i] && processes[i] != init_process && processes[i] != current && b) signal_process(processes[i], b);
    return 0;
  }
  struct process *process = process_by_pid(pid);
  if (!process || process->state == DEAD) return -ESRCH;
  if (b) signal_process(process, b);
  return 0;
}

CALL(sys_tgkill) { return sys_kill(b, c, 0, d, e, f); }

/* Words in memory: handler, flags, restorer, mask (new); handler, mask, flags, restorer (old). */
static int change_action(u32 signal, u32 new_at, u32 old_at, int older) {
  if (!signal || signal >= SIGNALS || ((signal == SIGKILL || signal == SIGSTOP) && new_at)) return -EINVAL;
  struct action *action = &current->actions[signal];
  u32 bytes = older ? 16 : 20;
  u32 was[5] = {action->handler, action->flags, action->restorer, action->mask, 0};
  if (older) was[1] = action->mask, was[2] = action->flags, was[3] = action->restorer;
  u32 now[5];
  if (new_at && copy_in(now, new_at, bytes)) return -EFAULT;
  if (old_at && copy_out(old_at, was, bytes)) return -EFAULT;
  if (!new_at) return 0;
  *action = older ? (struct action){now[0], now[2], now[3], now[1]} : (struct action){now[0], now[1], now[2], now[3]};
  action->mask &= ~UNBLOCKABLE;
  return 0;
}

CALL(sys_rt_sigaction) { return change_action(a, b, c, 0); }
CALL(sys_sigaction) { return change_action(a, b, c, 1); }

CALL(sys_signal) {
  if (!a || a >= SIGNALS || a == SIGKILL || a == SIGSTOP) return -EINVAL;
  u32 before = current->actions[a].handler;
  current->actions[a] = (struct action){b, SA_RESETHAND | SA_NODEFER, 0, 0};
  return before;
}

static int change_mask(u32 how, u32 new_at, u32 old_at, u32 bytes) {
  u32 was[2] = {current->blocked, 0}, set;
  if (new_at && copy_in(&set, new_at, sizeof set)) return -EFAULT;
  if (old_at && copy_out(old_at, was, bytes)) return -EFAULT;
  if (!new_at) return 0;
  if (how > SIG_SETMASK) return -EINVAL;
  current->blocked = how == SIG_BLOCK ? was[0] | set : how == SIG_UNBLOCK ? was[0] & ~set : set;
  current->blocked &= ~UNBLOCKABLE;
  return 0;
}

CALL(sys_rt_sigprocmask) { return change_mask(a, b, c, 8); }
CALL(sys_sigprocmask) { return change_mask(a, b, c, 4); }
CALL(sys_sigreturn) { return signal_frame_pop(frame_of(current), 0); }
CALL(sys_rt_sigreturn) { return signal_frame_pop(frame_of(current), 1); }

static int suspend(u32 mask) {
  current->blocked_before = current->blocked;
  current->blocked = mask & ~UNBLOCKABLE;
  current->restore_blocked = 1;
  while (!sleep_on(&current->pending)) continue;
  return -EINTR;
}

CALL(sys_rt_sigsuspend) {
  u32 mask;
  return copy_in(&mask, a, sizeof mask) ? -EFAULT : suspend(mask);
}

CALL(sys_sigsuspend) { return suspend(c); }

CALL(sys_rt_sigpending) {
  u32 set[2] = {current->pending & current->blocked, 0};
  return copy_out(a, set, b < sizeof set ? b : sizeof set);
}

CALL(sys_pause) {
  while (!sleep_on(&current->pending)) continue;
  return -EINTR;
}

static u64 set_alarm(u64 first, u64 every) {
  u64 now = now_ns(), left = current->alarm_at > now ? current->alarm_at - now : 0;
  current->alarm_at = first ? now + first : 0;
  current->alarm_every = every;
  if (first) clock_arm(current->alarm_at);
  return left;
}

CALL(sys_alarm) {
  u64 left = set_alarm((u64)a * BILLION, 0);
  return (u32)((left + BILLION - 1) / BILLION);
}

CALL(sys_setitimer) {
  struct timeval32 wanted[2], before[2] = {{0, 0}, {0, 0}};
  if (a) return -EINVAL; /* only the one that counts real time */
  if (copy_in(wanted, b, sizeof wanted)) return -EFAULT;
  u64 every = (u64)(u32)wanted[0].seconds * BILLION + (u32)wanted[0].microseconds * MICROSECOND;
  u64 left = set_alarm((u64)(u32)wanted[1].seconds * BILLION + (u32)wanted[1].microseconds * MICROSECOND, every);
  before[1] = (struct timeval32){(u32)(left / BILLION), (u32)(left % BILLION / MICROSECOND)};
  return c ? copy_out(c, before, sizeof before) : 0;
}
