/* Text, as every C program expects it. */
#include "puppy.h"

size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length]) length++;
  return length;
}

void *memcpy(void *to, const void *from, size_t length) {
  void *start = to;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(length) : : "memory");
  return start;
}

void *memset(void *to, int value, size_t length) {
  void *start = to;
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(length) : "a"(value) : "memory");
  return start;
}
