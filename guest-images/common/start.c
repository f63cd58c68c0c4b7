/*
 * From the first C instruction to guest_main: read what the launcher left at address 0, map memory, find the console.
 */
#include "kernel.h"

/* The few fields of Linux' boot_params that an lguest launcher fills in and we need. */
enum { BOOT_COMMAND_LINE = 0x228, BOOT_FIRST_REGION_SIZE = 0x2D8 };

void start_kernel(u32 boot_params) {
  const char *boot = virtual(boot_params);
  u32 command_line = *(const u32 *)(boot + BOOT_COMMAND_LINE);
  options_open(virtual(command_line));
  memory_open(*(const u32 *)(boot + BOOT_FIRST_REGION_SIZE));
  traps_open();
  console_open();
  guest_main();
  power_off();
}
