/* Waits.  sleep seconds, with as many digits behind the point as you like */
#include "puppy.h"

enum { BILLION = 1000000000 };

int main(int argc, char **argv) {
  if (argc != 2 || (!is_digit(argv[1][0]) && argv[1][0] != '.')) return complain("how many seconds?");
  u64 ns = (u64)(u32)parse_number(argv[1]) * BILLION;
  const char *point = strchr(argv[1], '.');
  for (u32 digit = BILLION / 10; point && is_digit(*++point) && digit; digit /= 10) ns += (*point - '0') * digit;
  int error = sleep_ns(ns);
  return error ? complain_of("sleep", error) : 0;
}
