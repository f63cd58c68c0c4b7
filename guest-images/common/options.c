/*
 * The command line: words of the form name=value, told apart by blanks.  A number that is none ends the guest; running
 * with something other than what was asked for would be worse.
 */
#include "kernel.h"

static char line[2048];

void options_open(const char *command_line) {
  for (u32 i = 0; i + 1 < sizeof line && command_line[i]; i++) line[i] = command_line[i];
}

static int ends(char c) { return c == 0 || c == ' ' || c == '\n'; }

const char *option(const char *name) {
  u32 length = text_length(name);
  for (const char *word = line; *word;) {
    u32 i = 0;
    while (i < length && word[i] == name[i]) i++;
    if (i == length && word[i] == '=') return word + length + 1;
    while (!ends(*word)) word++;
    while (*word && ends(*word)) word++;
  }
  return 0;
}

int value_is(const char *value, const char *word) {
  if (!value) return 0;
  while (*word && *value == *word) value++, word++;
  return !*word && ends(*value);
}

u32 option_number(const char *name, u32 otherwise) {
  const char *value = option(name);
  if (!value) return otherwise;
  u32 number = 0;
  const char *digit = value;
  for (; *digit >= '0' && *digit <= '9'; digit++) {
    if (number > 400000000) break; /* one digit more might not fit */
    number = number * 10 + (*digit - '0');
  }
  if (digit == value || !ends(*digit)) {
    print("%s= wants a number below 4000000000\n", name);
    give_up("%s= wants a number", name);
  }
  return number;
}
