/*
 * How a measuring program says what it found.  `compare` reads the number of operations from the line and leaves the
 * times out when it holds two runs against each other, so the words "operations," and "ns each" are part of a contract.
 *
 *      lat_fork: 200 operations, 41234 ns each (fork, exit, wait)
 */
#include "puppy.h"

int operations_wanted(int argc, char **argv, int usual) {
  for (int i = 1; i < argc; i++)
    if (is_digit(argv[i][0])) return parse_number(argv[i]) ? parse_number(argv[i]) : usual;
  return usual;
}

void report(u32 operations, u64 ns, const char *of) {
  printf("%s: %u operations, %llu ns each (%s)\n", last_part(program_words[0]), operations, ns / operations, of);
}
