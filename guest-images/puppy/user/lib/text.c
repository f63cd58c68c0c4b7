/* Text and bytes, as every C program expects them. */
#include "puppy.h"

size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}

int strcmp(const char *one, const char *other) {
  while (*one && *one == *other) one++, other++;
  return (u8)*one - (u8)*other;
}

int starts_with(const char *text, const char *start) {
  while (*start && *text == *start) text++, start++;
  return !*start;
}

char *strchr(const char *text, int c) {
  for (; *text != (char)c; text++)
    if (!*text) return 0;
  return (char *)text;
}

char *strstr(const char *text, const char *what) {
  for (; !starts_with(text, what); text++)
    if (!*text) return 0;
  return (char *)text;
}

char *strcpy(char *to, const char *from) { return memcpy(to, from, strlen(from) + 1); }

void *memcpy(void *to, const void *from, size_t length) {
  void *start = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(length) : : "memory");
  return start;
}

void *memmove(void *to, const void *from, size_t length) {
  if (to <= from || (char *)to >= (char *)from + length) return memcpy(to, from, length);
  while (length--) ((u8 *)to)[length] = ((const u8 *)from)[length];
  return to;
}

void *memset(void *to, int value, size_t length) {
  void *start = to;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(length) : "a"(value) : "memory");
  return start;
}

int memcmp(const void *one, const void *other, size_t length) {
  const u8 *a = one, *b = other;
  while (length && *a == *b) a++, b++, length--;
  return length ? *a - *b : 0;
}

int is_digit(int c) { return c >= '0' && c <= '9'; }
int is_space(int c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
int is_letter(int c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

int is_number(const char *text) {
  if (*text == '-') text++;
  if (!*text) return 0;
  while (is_digit(*text)) text++;
  return !*text;
}

int parse_number(const char *text) {
  u32 number = 0;
  int negative = *text == '-';
  for (text += negative; is_digit(*text); text++) number = number * 10 + *text - '0';
  return negative ? -number : number;
}

const char *last_part(const char *path) {
  const char *part = path;
  for (; *path; path++)
    if (*path == '/' && path[1]) part = path + 1;
  return part;
}
