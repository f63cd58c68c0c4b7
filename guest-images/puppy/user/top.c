/*
 * The processes that work most, once a second.  q ends it.
 *
 *      top [rounds]
 */
#include "puppy.h"

enum { MOST = 256, TITLE_ROWS = 4, SECOND_MS = 1000, TICKS_PER_SECOND = 100, CTRL_C = 3 };

static struct process before[MOST], now[MOST];
static int count_before;

static u32 ticks_since(const struct process *process) {
  for (int i = 0; i < count_before; i++)
    if (before[i].pid == process->pid) return process->ticks - before[i].ticks;
  return process->ticks;
}

static int by_work(const void *one, const void *other) {
  u32 a = ticks_since(one), b = ticks_since(other);
  return a < b ? 1 : a > b ? -1 : ((const struct process *)one)->pid - ((const struct process *)other)->pid;
}

static void show(u64 passed_ns, int rows) {
  struct system system;
  sysinfo(&system);
  int count = list_processes(now, MOST);
  u32 ticks = (u32)(passed_ns / (1000000000 / TICKS_PER_SECOND)), kib = system.unit / 1024;
  sort(now, count, sizeof *now, by_work);
  printf("up %u s, %u processes, %uK of %uK free\n\n", system.uptime, system.processes, system.unused * kib,
         system.total * kib);
  printf("  PID  %%CPU  STATE     TIME  RESIDENT  NAME\n");
  for (int i = 0; i < count && i < rows - TITLE_ROWS; i++) {
    u32 percent = ticks ? ticks_since(&now[i]) * 100 / ticks : 0;
    printf("%5d  %4u  %c     %6u.%02u  %7uK  %s\n", now[i].pid, percent > 100 ? 100 : percent, now[i].state,
           now[i].ticks / TICKS_PER_SECOND, now[i].ticks % TICKS_PER_SECOND, now[i].resident_kib, now[i].name);
  }
  memcpy(before, now, sizeof before);
  count_before = count;
}

int main(int argc, char **argv) {
  int rounds = argc > 1 && is_number(argv[1]) ? parse_number(argv[1]) : 0, rows = terminal_size().rows;
  int live = is_terminal(1) && terminal_raw() == 0;
  if (!live && !rounds) rounds = 1;
  for (u64 last = 0; !rounds || rounds--;) {
    u64 at = now_ns();
    if (live) printf("\033[H\033[J");
    show(at - last, rows);
    flush();
    last = at;
    char key = 0;
    if (rounds == 0 && argc > 1) break;
    if (!live) break;
    if (wait_for_key(SECOND_MS)) read(0, &key, 1);
    if (key == 'q' || key == CTRL_C) break;
  }
  if (live) terminal_as_before();
  return 0;
}
