/*
 * Printing.  What goes to descriptor 1 is collected, for each write is a system call, and on the terminal a visit to the
 * host besides; it leaves when there is much of it, before a fork, and at exit.
 */
#include "puppy.h"

enum { OUT_BYTES = 4096, LINE_BYTES = 512, DIGITS_MOST = 24 };

struct place { char *to; size_t size, used; };
struct field { int width, left, zeroes, negative; };

static char out[OUT_BYTES];
static u32 out_used;

static void put(struct place *place, char c) {
  if (place->used + 1 < place->size) place->to[place->used] = c;
  place->used++;
}

static void put_field(struct place *place, struct field field, const char *text, int length) {
  int gap = field.width - length - field.negative;
  if (!field.left && !field.zeroes) for (; gap > 0; gap--) put(place, ' ');
  if (field.negative) put(place, '-');
  if (!field.left) for (; gap > 0; gap--) put(place, '0');
  while (length--) put(place, *text++);
  for (; gap > 0; gap--) put(place, ' ');
}

static void put_number(struct place *place, struct field field, u64 number, u32 base) {
  char digits[DIGITS_MOST];
  int at = sizeof digits;
  do {
    digits[--at] = "0123456789abcdef"[number % base];
    number /= base;
  } while (number);
  put_field(place, field, digits + at, sizeof digits - at);
}

static const char *parse_field(const char *format, struct field *field, va_list *arguments) {
  *field = (struct field){0, 0, 0, 0};
  for (; *format == '-' || *format == '0'; format++) *(*format == '-' ? &field->left : &field->zeroes) = 1;
  if (*format == '*') return field->width = va_arg(*arguments, int), format + 1;
  for (; is_digit(*format); format++) field->width = field->width * 10 + *format - '0';
  return format;
}

static void put_one(struct place *place, struct field field, char kind, int wide, va_list *arguments) {
  u32 base = kind == 'x' ? 16 : kind == 'o' ? 8 : 10;
  if (kind == 's') {
    const char *text = va_arg(*arguments, const char *);
    put_field(place, field, text, strlen(text));
  } else if (kind == 'c') {
    char c = va_arg(*arguments, int);
    put_field(place, field, &c, 1);
  } else if (kind == 'd' && !wide) {
    int number = va_arg(*arguments, int);
    field.negative = number < 0;
    put_number(place, field, number < 0 ? -(u32)number : (u32)number, base);
  } else if (kind == '%') {
    put(place, '%');
  } else {
    put_number(place, field, wide ? va_arg(*arguments, u64) : va_arg(*arguments, u32), base);
  }
}

int format_text(char *to, size_t size, const char *format, va_list list) {
  struct place place = {to, size, 0};
  struct field field;
  va_list arguments;
  __builtin_va_copy(arguments, list);
  for (; *format; format++) {
    if (*format != '%') {
      put(&place, *format);
      continue;
    }
    format = parse_field(format + 1, &field, &arguments);
    int wide = *format == 'l';
    while (*format == 'l') format++;
    put_one(&place, field, *format, wide, &arguments);
  }
  va_end(arguments);
  if (size) to[place.used < size ? place.used : size - 1] = 0;
  return place.used;
}

int snprintf(char *to, size_t size, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  int length = format_text(to, size, format, arguments);
  va_end(arguments);
  return length;
}

int flush(void) {
  u32 length = out_used;
  out_used = 0;
  return length ? write_all(1, out, length) : 0;
}

void print_bytes(const void *from, size_t length) {
  if (out_used + length > sizeof out) flush();
  if (length > sizeof out) {
    write_all(1, from, length);
    return;
  }
  memcpy(out + out_used, from, length);
  out_used += length;
}

void printf(const char *format, ...) {
  char line[LINE_BYTES];
  va_list arguments;
  va_start(arguments, format);
  u32 length = format_text(line, sizeof line, format, arguments);
  if (length < sizeof line) {
    print_bytes(line, length);
  } else {
    char *longer = malloc(length + 1);
    format_text(longer, length + 1, format, arguments);
    print_bytes(longer, length);
    free(longer);
  }
  va_end(arguments);
}

int complain(const char *format, ...) {
  char line[LINE_BYTES];
  int length = snprintf(line, sizeof line, "%s: ", last_part(program_words[0]));
  va_list arguments;
  va_start(arguments, format);
  length += format_text(line + length, sizeof line - length - 1, format, arguments);
  va_end(arguments);
  if (length > (int)sizeof line - 2) length = sizeof line - 2;
  line[length++] = '\n';
  flush();
  write_all(2, line, length);
  return 1;
}

int complain_of(const char *what, int error) { return complain("%s: %s", what, error_words(error)); }
