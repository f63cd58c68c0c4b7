/*
 * The table of processes, and what each of them has from the first moment on: a number, a record and a stack.
 */
#include "processes.h"

enum { FIRST_PID = 1, LARGEST_PID = 32767 };

struct process *current, *processes[PROCESSES], *init_process;
u32 process_slots, processes_made;
static u32 last_pid;

struct process *process_by_pid(u32 pid) {
  for (u32 i = 0; i < process_slots; i++)
    if (processes[i] && processes[i]->pid == pid) return processes[i];
  return 0;
}

static int group_exists(u32 group) {
  for (u32 i = 0; i < process_slots; i++)
    if (processes[i] && (processes[i]->group == group || processes[i]->session == group)) return 1;
  return 0;
}

/* Numbers go round; one that names a process or a group is not given out again. */
static u32 free_pid(void) {
  do last_pid = last_pid < LARGEST_PID ? last_pid + 1 : FIRST_PID;
  while (process_by_pid(last_pid) || group_exists(last_pid));
  return last_pid;
}

u32 processes_alive(void) {
  u32 count = 0;
  for (u32 i = 0; i < process_slots; i++) count += processes[i] != 0;
  return count;
}

struct process *process_open(void) {
  u32 slot = 0;
  while (slot < PROCESSES && processes[slot]) slot++;
  if (slot == PROCESSES) return 0;
  u32 record = frame_take_zeroed(), stack = record ? frame_take() : 0;
  if (!stack) {
    if (record) frame_drop(record);
    return 0;
  }
  struct process *process = virtual(record);
  process->stack = (u32)virtual(stack);
  *(u32 *)process->stack = STACK_GUARD;
  process->pid = free_pid();
  process->state = SLEEPING;
  processes_made++;
  process->started_at = now_ns();
  if (slot >= process_slots) process_slots = slot + 1;
  return processes[slot] = process;
}

void process_close(struct process *process) {
  for (u32 i = 0; i < process_slots; i++)
    if (processes[i] == process) processes[i] = 0;
  while (process_slots && !processes[process_slots - 1]) process_slots--;
  frame_drop(physical((void *)process->stack));
  frame_drop(physical(process));
}
