/* The processes there are. */
#include "puppy.h"

enum { MOST = 256, TICKS_PER_SECOND = 100 };

int main(void) {
  static struct process processes[MOST];
  int count = list_processes(processes, MOST);
  printf("  PID  PARENT  GROUP  STATE      TIME    SIZE  RESIDENT  NAME\n");
  for (int i = 0; i < count; i++) {
    const struct process *p = &processes[i];
    printf("%5d %7d %6d  %c    %6u.%02u %6uK %8uK  %s\n", p->pid, p->parent, p->group, p->state,
           p->ticks / TICKS_PER_SECOND, p->ticks % TICKS_PER_SECOND, p->size_kib, p->resident_kib, p->name);
  }
  return 0;
}
