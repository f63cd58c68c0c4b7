/*
 * Strings the way C has them: length, compare, copy, append, search for a character and for a word, lower case.
 */
#include "compute.h"

enum { LINES = 192, LINE_BYTES = 96, ROUNDS = 4 };

static char lines[LINES][LINE_BYTES], copy[LINE_BYTES * 2];

static u32 length_of(const char *text) {
  const char *end = text;
  while (*end) end++;
  return end - text;
}

static int compare(const char *a, const char *b) {
  while (*a && *a == *b) a++, b++;
  return (u8)*a - (u8)*b;
}

static char *append(char *to, const char *from) {
  while ((*to = *from++)) to++;
  return to;
}

static const char *find_word(const char *text, const char *word) {
  for (; *text; text++) {
    u32 same = 0;
    while (word[same] && text[same] == word[same]) same++;
    if (!word[same]) return text;
  }
  return 0;
}

static u32 lower(char *text) {
  u32 changed = 0;
  for (; *text; text++)
    if (*text >= 'A' && *text <= 'Z') *text |= 0x20, changed++;
  return changed;
}

static void write_lines(u32 random) {
  for (u32 i = 0; i < LINES; i++) {
    u32 length = 40 + next_random(&random) % (LINE_BYTES - 41);
    for (u32 at = 0; at < length; at++) {
      u32 letter = next_random(&random) >> 9;
      lines[i][at] = letter % 6 == 0 ? ' ' : (letter & 64 ? 'A' : 'a') + letter % 26;
    }
    lines[i][length] = 0;
  }
}

static u32 read_lines(u32 round) {
  u32 sum = 0;
  for (u32 i = 0; i < LINES; i++) {
    const char *other = lines[(i * 7 + round) % LINES];
    char word[4] = {other[3], other[4], 0};
    u32 length = append(append(copy, lines[i]), other) - copy;
    if (length != length_of(lines[i]) + length_of(other)) failed("an appended string has the wrong length");
    const char *found = find_word(copy, word);
    sum = mix(sum, found ? (u32)(found - copy) : length);
    sum += compare(lines[i], other) < 0;
    sum += lower(copy);
    if (found && !find_word(lines[i], word) && compare(copy, lines[i]) == 0) failed("two unlike strings are alike");
  }
  return sum;
}

u32 strings_turn(u32 number) {
  u32 sum = 0;
  write_lines(seed(number));
  for (u32 round = 0; round < ROUNDS; round++) sum = mix(sum, read_lines(round));
  return sum;
}
