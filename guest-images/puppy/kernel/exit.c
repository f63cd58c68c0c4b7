/*
 * The end of a process, and being told of it.  What a process leaves behind is a number; it haunts the table until its
 * parent has asked for it.
 */
#include "processes.h"
#include "files.h"

static void orphan_children(void) {
  for (u32 i = 0; i < process_slots; i++) {
    struct process *child = processes[i];
    if (!child || child->parent != current || child == current) continue;
    child->parent = init_process;
    if (child->state == ZOMBIE) wake_up(init_process);
  }
}

static void let_go(void) {
  for (u32 i = 0; i < OPEN_FILES; i++)
    if (current->files[i]) file_close(i);
  inode_drop(current->working);
  if (current->clear_child_tid) {
    u32 none = 0;
    copy_out(current->clear_child_tid, &none, sizeof none);
  }
  space_empty(&current->space);
}

void exit_with(int status) {
  if (current == init_process) init_ended(status);
  let_go();
  orphan_children();
  terminal_forget(current);
  current->alarm_at = current->wake_at = 0;
  current->exit_status = status;
  struct process *parent = current->parent;
  int nobody_asks = parent->actions[SIGCHLD].handler == SIG_IGN;
  current->state = nobody_asks ? DEAD : ZOMBIE;
  if (nobody_asks) {
    parent->children_ran_for += current->ran_for;
  } else {
    signal_process(parent, SIGCHLD);
  }
  wake_up(parent);
  schedule();
  for (;;) continue; /* nobody comes back from there */
}

static int is_wanted(const struct process *child, int pid) {
  if (child->parent != current || child == current || child->state == DEAD) return 0;
  if (pid > 0) return (int)child->pid == pid;
  if (pid == -1) return 1;
  return child->group == (pid ? (u32)-pid : current->group);
}

static int reap(struct process *child, u32 status_at) {
  if (status_at && copy_out(status_at, &child->exit_status, sizeof child->exit_status)) return -EFAULT;
  int pid = child->pid;
  current->children_ran_for += child->ran_for + child->children_ran_for;
  space_close(&child->space);
  process_close(child);
  return pid;
}

int wait_for(int pid, u32 status_at, u32 options) {
  for (int error = 0;;) {
    int any = 0;
    for (u32 i = 0; i < process_slots; i++) {
      struct process *child = processes[i];
      if (!child || !is_wanted(child, pid)) continue;
      if (child->state == ZOMBIE) return reap(child, status_at);
      any = 1;
    }
    if (!any) return -ECHILD;
    if (options & WNOHANG) return 0;
    /* The signal that woke us may well be a child's last: look once more. */
    if (error) return error;
    error = sleep_on(current);
  }
}
