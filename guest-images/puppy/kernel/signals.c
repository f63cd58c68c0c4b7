/*
 * Signals: a bit set in another process, looked at whenever that is about to go back to its program.
 */
#include "processes.h"

enum { CORE_DUMPED = 0x80 };
#define BIT(signal) (1u << ((signal) - 1))
/* Nobody is ever stopped.  Who wants to read the terminal from the background, and insists, is ended instead. */
#define IGNORED_BY_DEFAULT                                                                                            \
  (BIT(SIGCHLD) | BIT(SIGCONT) | BIT(SIGSTOP) | BIT(SIGTSTP) | BIT(SIGTTOU) | BIT(SIGURG) | BIT(SIGWINCH))

static int is_ignored(const struct process *process, u32 signal) {
  if (signal == SIGKILL) return process == init_process;
  u32 handler = process->actions[signal].handler;
  if (handler == SIG_IGN) return 1;
  if (handler != SIG_DFL) return 0;
  return process == init_process || IGNORED_BY_DEFAULT & BIT(signal);
}

int signals_waiting(const struct process *process) { return (process->pending & ~process->blocked) != 0; }

void signal_process(struct process *process, u32 signal) {
  if (process->state == ZOMBIE || process->state == DEAD) return;
  if (is_ignored(process, signal) && !(process->blocked & BIT(signal))) return;
  process->pending |= BIT(signal);
  if (process->state == SLEEPING && signals_waiting(process)) {
    process->interrupted = 1;
    make_runnable(process);
  }
}

int signal_group(u32 group, u32 signal) {
  int found = 0;
  for (u32 i = 0; i < process_slots; i++) {
    if (!processes[i] || processes[i]->group != group || processes[i]->state >= ZOMBIE) continue;
    if (signal) signal_process(processes[i], signal);
    found = 1;
  }
  return found ? 0 : -ESRCH;
}

/* A program that blocks or ignores the fault it just made would make it again, for ever. */
void signal_fault(u32 signal, const char *deed, u32 address) {
  struct action *action = &current->actions[signal];
  if (current->blocked & BIT(signal) || action->handler == SIG_IGN) action->handler = SIG_DFL;
  current->blocked &= ~BIT(signal);
  if (action->handler == SIG_DFL) {
    const struct frame *frame = frame_of(current);
    print("%s (process %u) %s %08x at %08x, and was killed\n", current->name, current->pid, deed, address, frame->eip);
    if (current == init_process) give_up("process 1 %s %08x at %08x", deed, address, frame->eip);
  }
  current->pending |= BIT(signal);
}

static u32 take_lowest(void) {
  u32 ready = current->pending & ~current->blocked, signal = __builtin_ctz(ready) + 1;
  current->pending &= ~BIT(signal);
  return signal;
}

void deliver_signals(struct frame *frame) {
  u32 signal = take_lowest(), old_mask = current->restore_blocked ? current->blocked_before : current->blocked;
  struct action action = current->actions[signal];
  if (is_ignored(current, signal)) return;
  if (action.handler == SIG_DFL || signal == SIGKILL) exit_with(signal);
  current->restore_blocked = 0;
  if (frame->vector == SYSCALL_VECTOR && (int)frame->eax == -ERESTART) {
    if (action.flags & SA_RESTART)
      restart_system_call(frame);
    else
      frame->eax = -EINTR;
  }
  if (signal_frame_push(frame, signal, &action, old_mask)) exit_with(SIGSEGV);
  current->blocked |= action.mask | (action.flags & SA_NODEFER ? 0 : BIT(signal));
  current->blocked &= ~BIT(SIGKILL);
  if (action.flags & SA_RESETHAND) current->actions[signal].handler = SIG_DFL;
}
