/*
 * Trouble at the very first hypercall.  This runs before LGUEST_INIT at physical addresses, where nothing is yet at the
 * address it was linked for; so every text and every record is named through low().
 */
#include "trouble.h"

enum { BOOT_COMMAND_LINE = 0x228, NOT_THERE = 0x2000 };
#define BEYOND_MEMORY 0xFFFFF000u

const struct mode introductions[] = {
    {"before-init", "made a hypercall before LGUEST_INIT", 0},
    {"init-beyond", "put lguest_data beyond its memory", 0},
    {"init-wrap", "put lguest_data where its end is at the beginning", 0},
    {"init-nothing", "said LGUEST_INIT with an address where no lguest_data is", 0},
    {"kernel-address", "claimed the Switcher's place as its kernel_address", 0},
    {0, 0, 0},
};

static inline void *low(const void *linked) { return (void *)((u32)linked - PAGE_OFFSET); }

/* Whether the line asks for this mode, the name ending where the word ends. */
static int asks_for(const char *line, const char *mode) {
  for (; *line; line++) {
    u32 i = 0;
    while (mode[i] && line[i] == mode[i]) i++;
    if (!mode[i] && (line[i] == 0 || line[i] == ' ')) return 1;
  }
  return 0;
}

void before_init(const u8 *boot_params) {
  const char *line = *(const char *const *)(boot_params + BOOT_COMMAND_LINE);
  struct lguest_data *data = low(&lguest_data);
  if (asks_for(line, low("mode=before-init"))) hypercall(LHCALL_NEW_PGTABLE, physical(boot_directory), 0, 0, 0);
  if (asks_for(line, low("mode=init-beyond"))) hypercall(LHCALL_LGUEST_INIT, BEYOND_MEMORY, 0, 0, 0);
  if (asks_for(line, low("mode=init-wrap"))) hypercall(LHCALL_LGUEST_INIT, 0 - sizeof *data / 2, 0, 0, 0);
  if (asks_for(line, low("mode=init-nothing"))) hypercall(LHCALL_LGUEST_INIT, NOT_THERE, 0, 0, 0);
  if (asks_for(line, low("mode=kernel-address"))) data->kernel_address = BEYOND_MEMORY;
}
