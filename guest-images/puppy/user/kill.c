/* Sends a signal, TERM unless told.  kill [-SIGNAL] process ... */
#include "puppy.h"

static const struct { const char *name; int number; } signals[] = {
    {"HUP", 1}, {"INT", 2}, {"QUIT", 3}, {"KILL", 9}, {"USR1", 10}, {"SEGV", 11}, {"USR2", 12}, {"PIPE", 13}, {"ALRM", 14},
    {"TERM", 15}, {"CHLD", 17}, {"CONT", 18}};

static int signal_called(const char *name) {
  if (is_number(name)) return parse_number(name);
  if (starts_with(name, "SIG")) name += 3;
  for (u32 i = 0; i < LENGTH(signals); i++)
    if (!strcmp(signals[i].name, name)) return signals[i].number;
  return -1;
}

int main(int argc, char **argv) {
  int signal = SIGTERM, first = 1, worst = 0;
  if (argc > 1 && argv[1][0] == '-') signal = signal_called(argv[first++] + 1);
  if (signal < 0) return complain("there is no signal %s", argv[1] + 1);
  if (first >= argc) return complain("which process?");
  for (int i = first; i < argc; i++) {
    int error = is_number(argv[i]) ? kill(parse_number(argv[i]), signal) : -EINVAL;
    if (error) worst = complain_of(argv[i], error);
  }
  return worst;
}
