/* The terminal, a line at a time or a key at a time. */
#include "puppy.h"

enum { SYS_POLL = 168, POLLIN = 1 };
enum { TCGETS = 0x5401, TCSETSW = 0x5403, TIOCGWINSZ = 0x5413, ISIG = 1, ICANON = 2, ECHO = 010, ROWS = 24, COLUMNS = 80 };

struct settings {
  u32 input, output, control, local;
  u8 line, keys[19];
};

static struct settings before;
static int is_raw;

int is_terminal(int file) {
  struct settings ignored;
  return ioctl(file, TCGETS, &ignored) == 0;
}

struct terminal_size terminal_size(void) {
  u16 size[4] = {0};
  if (ioctl(1, TIOCGWINSZ, size) || !size[0] || !size[1]) return (struct terminal_size){ROWS, COLUMNS};
  return (struct terminal_size){size[0], size[1]};
}

int terminal_raw(void) {
  int error = is_raw ? 0 : ioctl(0, TCGETS, &before);
  if (error) return error;
  struct settings raw = before;
  raw.local &= ~(ICANON | ECHO | ISIG);
  is_raw = 1;
  return ioctl(0, TCSETSW, &raw);
}

void terminal_as_before(void) {
  if (is_raw) ioctl(0, TCSETSW, &before);
  is_raw = 0;
}

int wait_for_key(u32 ms) {
  struct { int file; u16 wanted, found; } poll = {0, POLLIN, 0};
  return system_call(SYS_POLL, &poll, 1, ms) > 0;
}
