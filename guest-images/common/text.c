/*
 * Just enough text: formatting, and the two memory functions the compiler takes for granted.
 */
#include "kernel.h"

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

u32 text_length(const char *text) {
  u32 length = 0;
  while (text[length]) length++;
  return length;
}

struct sink {
  char *to;
  u32 used, size;
};

static void put(struct sink *sink, char c) {
  if (sink->used + 1 < sink->size) sink->to[sink->used++] = c;
}

static void put_number(struct sink *sink, u32 number, u32 base, u32 width) {
  char digits[32];
  u32 count = 0;
  do {
    digits[count++] = "0123456789abcdef"[number % base];
    number /= base;
  } while (number);
  while (width > count) put(sink, '0'), width--;
  while (count) put(sink, digits[--count]);
}

static void put_argument(struct sink *sink, char kind, u32 width, u32 value) {
  if (kind == 'd' && (int)value < 0) {
    put(sink, '-');
    value = -value;
  }
  if (kind == 's')
    for (const char *text = (const char *)value; *text; text++) put(sink, *text);
  else
    put_number(sink, value, kind == 'x' ? 16 : 10, width);
}

u32 format_text(char *to, u32 size, const char *format, __builtin_va_list arguments) {
  struct sink sink = {to, 0, size};
  for (; *format; format++) {
    if (*format != '%') {
      put(&sink, *format);
      continue;
    }
    u32 width = 0;
    for (format++; *format >= '0' && *format <= '9'; format++) width = width * 10 + (*format - '0');
    if (*format == '%')
      put(&sink, '%');
    else
      put_argument(&sink, *format, width, __builtin_va_arg(arguments, u32));
  }
  to[sink.used] = 0;
  return sink.used;
}

void print(const char *format, ...) {
  char line[256];
  __builtin_va_list arguments;
  __builtin_va_start(arguments, format);
  u32 length = format_text(line, sizeof line, format, arguments);
  __builtin_va_end(arguments);
  console_write(line, length);
}
