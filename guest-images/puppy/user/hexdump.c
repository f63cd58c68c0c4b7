/* Bytes as numbers, and as letters where they are some.  hexdump [file ...] */
#include "puppy.h"

enum { ROW = 16, SPACE = ' ', TILDE = '~' };

static void print_row(u32 at, const u8 *bytes, int count) {
  printf("%08x ", at);
  for (int i = 0; i < ROW; i++) {
    if (i == ROW / 2) printf(" ");
    if (i < count)
      printf(" %02x", bytes[i]);
    else
      printf("   ");
  }
  printf("  |");
  for (int i = 0; i < count; i++) printf("%c", bytes[i] >= SPACE && bytes[i] <= TILDE ? bytes[i] : '.');
  printf("|\n");
}

static int dump(int file, const char *name) {
  u8 bytes[ROW];
  u32 at = 0;
  for (;;) {
    int count = 0, length = 1;
    while (count < ROW && (length = read(file, bytes + count, ROW - count)) > 0) count += length;
    if (count) print_row(at, bytes, count);
    at += count;
    if (length < 0) return complain_of(name ? name : "input", length);
    if (count < ROW) return printf("%08x\n", at), 0;
  }
}

int main(int argc, char **argv) {
  (void)argc;
  return each_file(argv + 1, dump);
}
