/*
 * Chooses a workload by the command line ("run=integer times=20"), repeats it between two marks and prints one line:
 *
 *      integer times=20 operations=20 checksum=5f0c33aa ok
 */
#include "bare.h"

static const char *failure;

void failed(const char *why) {
  if (!failure) failure = why;
}

static const struct workload *find(const char *name) {
  for (u32 i = 0; name && i < workload_count; i++)
    if (value_is(name, workloads[i].name)) return &workloads[i];
  return 0;
}

static u32 usage(void) {
  print("usage: run=NAME times=N, where NAME is one of");
  for (u32 i = 0; i < workload_count; i++) print(" %s", workloads[i].name);
  print("\n");
  return 1;
}

u32 run(const char *command_line) {
  const struct workload *chosen = find(option(command_line, "run="));
  if (!chosen) return usage();
  const char *wanted = option(command_line, "times=");
  u32 times = wanted ? number_in(wanted) : 1, sum = 0;
  if (chosen->most && times > chosen->most) times = chosen->most;
  if (chosen->prepare) chosen->prepare(times);
  mark(MARK_BEGIN);
  for (u32 i = 0; i < times; i++) sum = mix(sum, chosen->turn(i));
  mark(MARK_END);
  print("%s times=%u operations=%u checksum=%x ", chosen->name, times, times * chosen->operations, sum);
  print(failure ? "FAILED: %s\n" : "ok\n", failure);
  return failure != 0;
}
