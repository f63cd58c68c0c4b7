/*
 * A console in two stages: before there are devices, the host prints any text it is notified of; afterwards we drive the
 * virtio console of the lguest bus.  Output only, one buffer at a time, no interrupts: a guest that wants to read what
 * is typed has a second queue to look at.
 *
 *      a descriptor on the bus, back to back with others and without padding:
 *      | type | queues | feature bytes | config bytes | status | queues × { num:16, irq:16, pfn:32 } | features ×2 | config |
 */
#include "kernel.h"

enum { DEVICE_CONSOLE = 3, BUS_BYTES = PAGE_BYTES, OUTPUT_QUEUE = 1 };
enum { STATUS_RESET = 0, STATUS_ACKNOWLEDGE = 1, STATUS_DRIVER = 2, STATUS_DRIVER_OK = 4 };
enum { EARLY_CHARACTERS = 16, AVAIL_NO_INTERRUPT = 1 };

struct bus_queue {
  u16 num, irq;
  u32 pfn;
} __attribute__((packed));

struct bus_device {
  u8 type, queues, feature_bytes, config_bytes, status;
  struct bus_queue queue[];
} __attribute__((packed));

/* virtio 0.9.5 §2.3: descriptors, what we offer, and from the next page on what was used. */
struct ring_descriptor {
  u64 address;
  u32 length;
  u16 flags, next;
};
struct ring_list {
  u16 flags, index;
  u16 entry[];
};

static struct {
  struct ring_descriptor *descriptors;
  volatile struct ring_list *offered, *used;
  u32 num, kick;
} output;

static u32 device_bytes(const struct bus_device *device) {
  return sizeof *device + device->queues * sizeof *device->queue + 2 * device->feature_bytes + device->config_bytes;
}

static volatile struct bus_device *find_console(void) {
  u8 *page = (u8 *)DEVICE_WINDOW;
  for (u32 at = 0; at + sizeof(struct bus_device) < BUS_BYTES && page[at];) {
    struct bus_device *device = (struct bus_device *)(page + at);
    if (device->type == DEVICE_CONSOLE && device->queues > OUTPUT_QUEUE) return device;
    at += device_bytes(device);
  }
  return 0;
}

/* @journey drivers/console  Finding a console on a page
 *
 * The bus is a page of memory just above RAM, with descriptors one after the other.  A device is reset, told that a
 * driver has come, told what the driver understands (here: nothing extra) and told to begin.  Memory alone tells nobody
 * anything, so where the launcher must look the guest notifies it, with the physical address of what has changed.
 */
void console_open(void) {
  volatile struct bus_device *console = find_console();
  if (!console) return;
  u32 self = (u32)console - DEVICE_WINDOW + memory_bytes;
  console->status = STATUS_RESET;
  hypercall(LHCALL_NOTIFY, self, 0, 0, 0);
  console->status = STATUS_ACKNOWLEDGE | STATUS_DRIVER;
  volatile u8 *features = (u8 *)&console->queue[console->queues];
  for (u32 i = 0; i < console->feature_bytes; i++) features[console->feature_bytes + i] = 0;
  hypercall(LHCALL_NOTIFY, self, 0, 0, 0);

  u32 num = console->queue[OUTPUT_QUEUE].num, queue = console->queue[OUTPUT_QUEUE].pfn * PAGE_BYTES;
  u32 ring = queue - memory_bytes + DEVICE_WINDOW;
  u32 offered = ring + num * sizeof(struct ring_descriptor);
  u32 used = (offered + (3 + num) * sizeof(u16) + PAGE_BYTES - 1) & -PAGE_BYTES;
  output.descriptors = (struct ring_descriptor *)ring;
  output.offered = (struct ring_list *)offered;
  output.used = (struct ring_list *)used;
  output.kick = queue;
  output.num = num;
  output.offered->flags = AVAIL_NO_INTERRUPT;
  console->status = STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_DRIVER_OK;
}

/* Offers one buffer and waits until it is used.  Asking for interrupts is only a way to let the host run meanwhile. */
static void write_queue(const char *text, u32 length) {
  output.descriptors[0] = (struct ring_descriptor){physical(text), length, 0, 0};
  u16 index = output.offered->index;
  output.offered->entry[index % output.num] = 0;
  __asm__ volatile("" : : : "memory");
  output.offered->index = ++index;
  hypercall(LHCALL_NOTIFY, output.kick, 0, 0, 0);
  while (output.used->index != index) hypercall(LHCALL_SEND_INTERRUPTS, 0, 0, 0, 0);
}
/* @end */

void console_write(const char *text, u32 length) {
  static char piece[PAGE_BYTES];
  u32 most = output.num ? sizeof piece - 1 : EARLY_CHARACTERS;
  while (length) {
    u32 part = length < most ? length : most;
    memcpy(piece, text, part);
    piece[part] = 0; /* only the early console looks for it */
    if (output.num)
      write_queue(piece, part);
    else
      hypercall(LHCALL_NOTIFY, physical(piece), 0, 0, 0);
    text += part, length -= part;
  }
}
