/*
 * When there is not one frame left, and somebody has a right to one: the largest process goes, so that the others may stay.
 */
#include "processes.h"

static struct process *largest(void) {
  struct process *found = 0;
  for (u32 i = 0; i < process_slots; i++) {
    struct process *process = processes[i];
    if (!process || process == init_process || process->state >= ZOMBIE) continue;
    if (process->pending & 1u << (SIGKILL - 1)) return process; /* it is on its way */
    if (!found || process->space.resident > found->space.resident) found = process;
  }
  return found;
}

int out_of_memory(void) {
  struct process *victim = largest();
  if (!victim) give_up("out of memory, and nobody is left to kill");
  if (!(victim->pending & 1u << (SIGKILL - 1)))
    print("out of memory: %s (process %u, %u pages) was killed\n", victim->name, victim->pid, victim->space.resident);
  signal_process(victim, SIGKILL);
  if (victim == current) return 0;
  yield();
  return !signals_waiting(current);
}
