/*
 * Fork: everything a process is, once more.  What the two share from here on is open files; memory they only seem to.
 */
#include "processes.h"
#include "files.h"

enum { SWITCH_WORDS = 5 }; /* four registers and where to return to: what switch_stacks pops */

/* Below the frame lies what switch_stacks expects of somebody who once called it. */
static void prepare_stack(struct process *process, char *begin) {
  u32 *top = (u32 *)frame_of(process) - SWITCH_WORDS;
  memset(top, 0, SWITCH_WORDS * sizeof *top);
  top[SWITCH_WORDS - 1] = (u32)begin;
  process->stack_pointer = (u32)top;
}

static void inherit(struct process *child) {
  child->parent = current;
  child->group = current->group;
  child->session = current->session;
  child->umask = current->umask;
  child->blocked = current->blocked;
  memcpy(child->actions, current->actions, sizeof child->actions);
  memcpy(child->tls, current->tls, sizeof child->tls);
  memcpy(child->name, current->name, sizeof child->name);
  child->arguments_start = current->arguments_start;
  child->arguments_end = current->arguments_end;
  child->program_read = current->program_read;
  __asm__ volatile("movl %%fs, %0\n\tmovl %%gs, %1" : "=r"(child->fs), "=r"(child->gs));
  child->fs &= 0xffff, child->gs &= 0xffff;
  child->floats = current->floats;
  if (child->floats) __asm__ volatile("fnsave %0\n\tfrstor %0" : "=m"(child->floating_point));
}

static void inherit_files(struct process *child) {
  for (u32 i = 0; i < OPEN_FILES; i++) {
    child->files[i] = current->files[i];
    child->close_on_exec[i] = current->close_on_exec[i];
    if (child->files[i]) file_hold(child->files[i]);
  }
  child->working = inode_hold(current->working);
}

int process_fork(u32 child_stack) {
  struct process *child = process_open();
  if (!child) return -EAGAIN;
  int error = space_fork(&current->space, &child->space);
  if (error) {
    process_close(child);
    return error;
  }
  inherit(child);
  inherit_files(child);
  *frame_of(child) = *frame_of(current);
  frame_of(child)->eax = 0;
  if (child_stack) frame_of(child)->esp = child_stack;
  prepare_stack(child, begin_child);
  make_runnable(child);
  return child->pid;
}

void start_init(void) {
  struct process *init = process_open();
  if (!init || space_open(&init->space)) give_up("no memory for the first process");
  init_process = init;
  init->parent = init;
  init->group = init->session = init->pid;
  init->umask = 022;
  prepare_stack(init, begin_init);
  make_runnable(init);
}
