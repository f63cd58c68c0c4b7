/*
 * The board's side: a serial port for text, port 0xE9 for the marks around the measured work, port 0xF4 to end the run.
 * Elsewhere 0xE9 is Bochs' debug console: two unprintable characters there, and nothing at all on a PC.
 */
#include "bare.h"

enum { SERIAL_PORT = 0x3f8, MARK_PORT = 0xe9, EXIT_PORT = 0xf4 };
enum { MULTIBOOT_COMMAND_LINE = 1 << 2 };

struct multiboot_information {
  u32 flags, lower, upper, boot_device;
  const char *command_line;
};

static inline void out(u16 port, u8 value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory"); }

void say(const char *text) {
  for (; *text; text++) out(SERIAL_PORT, *text);
}

void mark(enum mark moment) { out(MARK_PORT, moment); }

void end_run(u32 status) {
  out(EXIT_PORT, status);
  for (;;) __asm__ volatile("cli; hlt");
}

void start_on_board(const struct multiboot_information *information) {
  end_run(run(information->flags & MULTIBOOT_COMMAND_LINE ? information->command_line : ""));
}
