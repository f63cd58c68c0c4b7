/*
 * Just enough text to read a command line and print a result, and the two memory functions the compiler takes for
 * granted.
 */
#include "bare.h"

void *memcpy(void *to, const void *from, u32 length) {
  void *start = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(length) : : "memory");
  return start;
}

void *memset(void *to, int value, u32 length) {
  void *start = to;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(length) : "a"(value) : "memory");
  return start;
}

static void say_number(u32 number, u32 base, u32 width) {
  char digits[16];
  u32 at = sizeof digits;
  digits[--at] = 0;
  do {
    digits[--at] = "0123456789abcdef"[number % base];
    number /= base;
  } while (number || sizeof digits - 1 - at < width);
  say(digits + at);
}

void print(const char *format, ...) {
  __builtin_va_list arguments;
  __builtin_va_start(arguments, format);
  for (; *format; format++) {
    char plain[2] = {*format, 0};
    if (*format != '%')
      say(plain);
    else if (*++format == 's')
      say(__builtin_va_arg(arguments, const char *));
    else
      say_number(__builtin_va_arg(arguments, u32), *format == 'x' ? 16 : 10, *format == 'x' ? 8 : 1);
  }
  __builtin_va_end(arguments);
}

/* Where the value behind "name=" begins; null if no word of the line starts with it. */
const char *option(const char *command_line, const char *name) {
  for (const char *word = command_line; *word; word++) {
    u32 same = 0;
    while (name[same] && word[same] == name[same]) same++;
    if (!name[same]) return word + same;
    while (*word && *word != ' ') word++;
    if (!*word) break;
  }
  return 0;
}

int value_is(const char *value, const char *word) {
  while (*word && *value == *word) value++, word++;
  return !*word && (!*value || *value == ' ');
}

u32 number_in(const char *text) {
  u32 number = 0;
  for (; *text >= '0' && *text <= '9'; text++) number = number * 10 + (*text - '0');
  return number;
}
