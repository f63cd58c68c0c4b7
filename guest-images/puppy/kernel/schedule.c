/*
 * Whose turn it is.  Runnable processes stand in a queue; the head runs until it sleeps, or until its time is up and
 * somebody waits.  With nobody in the queue the guest halts, and the host has better things to do than run us.
 */
#include "processes.h"

#define SLICE_NS 10000000u
enum { LHCALL_TS = 8, TASK_SWITCHED = 8 };
enum { TLS_FIRST_SELECTOR = 0x33, TLS_LAST_SELECTOR = 0x43 };

int must_reschedule;
u64 idle_cycles;
u32 switches;
static struct process *queue_head, *queue_tail, *departed;
static u32 queued;
static u32 loaded_tls[TLS_ENTRIES][2];
static int floating_point_off;

u32 runnable_count(void) { return queued + (current && current->state == RUNNABLE); }

static void enqueue(struct process *process) {
  process->next_runnable = 0;
  if (queue_tail)
    queue_tail->next_runnable = process;
  else
    queue_head = process;
  queue_tail = process;
  queued++;
}

void make_runnable(struct process *process) {
  if (process->state != SLEEPING) return;
  process->state = RUNNABLE;
  enqueue(process);
  /* Who is running may have been alone until now, with no clock set, and may never ask us anything again. */
  if (current && current->state == RUNNABLE) clock_arm_after(SLICE_NS);
}

void yield(void) {
  must_reschedule = 0;
  schedule();
}

/*
 * @journey guest/halt  Doing nothing, properly
 *
 * A kernel with nothing to do must not spin: it is a guest, and the processor belongs to others.  HALT sleeps until there
 * is an interrupt for us.  The host takes it as read that who halts wants to be woken, so the interrupt arrives although
 * ours are off, and its handler leaves them on; we turn them off again and look whether anybody can run now.
 */
static void idle(void) {
  u64 before = cycles();
  ask_host(LHCALL_HALT, 0, 0, 0);
  lguest_data.irq_enabled = 0;
  idle_cycles += cycles() - before;
}
/* @end */

static struct process *next_in_queue(void) {
  while (!queue_head) idle();
  struct process *next = queue_head;
  queue_head = next->next_runnable;
  if (!queue_head) queue_tail = 0;
  queued--;
  return next;
}

static u32 read_fs(void) { u32 value; __asm__ volatile("movl %%fs, %0" : "=r"(value)); return value & 0xffff; }
static u32 read_gs(void) { u32 value; __asm__ volatile("movl %%gs, %0" : "=r"(value)); return value & 0xffff; }

/* A selector is loaded only if its descriptor is there; a program may have changed that since it loaded it. */
static u32 loadable(u32 selector) {
  if (selector == USER_DS || selector == USER_CS) return selector;
  if (selector < TLS_FIRST_SELECTOR || selector > TLS_LAST_SELECTOR || (selector & 7) != 3) return 0;
  return loaded_tls[(selector - TLS_FIRST_SELECTOR) / 8][1] ? selector : 0;
}

/* What the processor holds of a program beside its registers on the stack: thread-local segments and the x87. */
static void put_away(struct process *process) {
  process->fs = read_fs();
  process->gs = read_gs();
  if (process->floats) __asm__ volatile("fnsave %0" : "=m"(process->floating_point));
}

void load_tls(struct process *process) {
  int same = 1;
  for (u32 i = 0; i < TLS_ENTRIES; i++)
    for (u32 word = 0; word < 2; word++) {
      same &= loaded_tls[i][word] == process->tls[i][word];
      loaded_tls[i][word] = process->tls[i][word];
    }
  if (same) return;
  /* The descriptor in use must not vanish: the Switcher reloads these registers at every crossing. */
  __asm__ volatile("movl %0, %%fs\n\tmovl %0, %%gs" : : "r"(0));
  tell_host(LHCALL_LOAD_TLS, physical(loaded_tls), 0, 0);
}

void allow_floating_point(int allowed) {
  if (floating_point_off == !allowed) return;
  floating_point_off = !allowed;
  tell_host(LHCALL_TS, allowed ? 0 : TASK_SWITCHED, 0, 0);
}

/* The rest of a switch, on the new stack: from schedule, or at the start of a new process. */
void finish_switch(void) {
  __asm__ volatile("movl %0, %%fs\n\tmovl %1, %%gs" : : "r"(loadable(current->fs)), "r"(loadable(current->gs)));
  if (current->floats) __asm__ volatile("frstor %0" : : "m"(current->floating_point));
  current->on_since = cycles();
  if (current->set_child_tid) {
    copy_out(current->set_child_tid, &current->pid, sizeof current->pid);
    current->set_child_tid = 0;
  }
  if (departed) process_close(departed);
  departed = 0;
}

/* The directory comes before the stack: the host maps the stack's page in the directory that is current. */
static void switch_to(struct process *next) {
  struct process *previous = current;
  current = next;
  switches++;
  tell_host(LHCALL_NEW_PGTABLE, physical(next->space.directory), 0, 0);
  load_tls(next);
  allow_floating_point(next->floats);
  ask_host(LHCALL_SET_STACK, KERNEL_DS, next->stack + PAGE_BYTES, 1);
  switch_stacks(&previous->stack_pointer, next->stack_pointer);
  finish_switch();
}

void schedule(void) {
  struct process *previous = current;
  if (*(u32 *)previous->stack != STACK_GUARD) give_up("the kernel stack of process %u ran over", previous->pid);
  must_reschedule = 0;
  if (previous->state == RUNNABLE) enqueue(previous);
  previous->ran_for += cycles() - previous->on_since;
  struct process *next = next_in_queue();
  if (queue_head) clock_arm_after(SLICE_NS);
  if (next == previous) {
    previous->on_since = cycles();
    return;
  }
  put_away(previous);
  if (previous->state == DEAD) {
    space_close(&previous->space);
    departed = previous;
  }
  switch_to(next);
}

int sleep_until(const void *channel, u64 when) {
  if (signals_waiting(current)) return -ERESTART;
  current->waits_for = channel;
  current->wake_at = when;
  if (when) clock_arm(when);
  current->state = SLEEPING;
  schedule();
  current->waits_for = 0;
  int late = when && !current->wake_at;
  current->wake_at = 0;
  if (current->interrupted) {
    current->interrupted = 0;
    return -ERESTART;
  }
  return late ? -EAGAIN : 0;
}

int sleep_on(const void *channel) { return sleep_until(channel, 0); }

void wake_up(const void *channel) {
  for (u32 i = 0; i < process_slots; i++)
    if (processes[i] && processes[i]->waits_for == channel) make_runnable(processes[i]);
}

void start_scheduling(void) {
  static struct process boot = {.state = ZOMBIE}; /* nobody: where we come from, and where nobody returns to */
  static u32 boot_stack = STACK_GUARD;
  boot.stack = (u32)&boot_stack;
  current = &boot;
  schedule();
  for (;;) continue;
}
