/*
 * Virtio on the lguest bus: descriptors on a page above RAM, one ring per queue, and NOTIFY to say that something is new.
 *
 *      a device:  | type │ queues │ feature bytes │ config bytes │ status │ queues × {num:16 irq:16 pfn:32} │ offered │ accepted │ config |
 *      a ring:    | num × {address:64 length:32 flags:16 next:16} │ flags index entries… │ to the next page │ flags index {id length}… |
 */
#include "devices.h"

enum { TYPE, QUEUES, FEATURE_BYTES, CONFIG_BYTES, STATUS, FIRST_QUEUE, QUEUE_BYTES = 8 };
enum { STATUS_RESET = 0, STATUS_ACKNOWLEDGE = 1, STATUS_DRIVER = 2, STATUS_DRIVER_OK = 4 };
enum { CHAIN_GOES_ON = 1, DEVICE_WRITES = 2, FLAGS = 0, INDEX = 1, FIRST_ENTRY = 2, DONT_NOTIFY = 1 };

static u32 device_bytes(const volatile u8 *at) {
  return FIRST_QUEUE + at[QUEUES] * QUEUE_BYTES + 2 * at[FEATURE_BYTES] + at[CONFIG_BYTES];
}

static void queue_open(struct queue *queue, const volatile u8 *at) {
  const volatile u16 *small = (const volatile u16 *)at;
  queue->num = small[0];
  queue->irq = small[1];
  queue->kick = *(const volatile u32 *)(at + 4) * PAGE_BYTES;
  u32 ring = queue->kick - memory_bytes + DEVICE_WINDOW;
  u32 offered = ring + queue->num * sizeof(struct ring_descriptor);
  queue->descriptors = (struct ring_descriptor *)ring;
  queue->offered = (volatile u16 *)offered;
  queue->used = (volatile u16 *)page_ceiling(offered + (FIRST_ENTRY + 1 + queue->num) * sizeof(u16));
}

/* Finds the first device of a type, and resets it; true if there is one with so many queues. */
int device_find(u32 type, struct device *device, struct queue *queues, u32 queue_count) {
  volatile u8 *page = (u8 *)DEVICE_WINDOW, *at = page;
  while (at + FIRST_QUEUE < page + PAGE_BYTES && at[TYPE] && (at[TYPE] != type || at[QUEUES] < queue_count)) at += device_bytes(at);
  if (at + FIRST_QUEUE >= page + PAGE_BYTES || at[TYPE] != type) return 0;
  volatile u8 *offered = at + FIRST_QUEUE + at[QUEUES] * QUEUE_BYTES;
  device->status = at + STATUS;
  device->feature_bytes = at[FEATURE_BYTES];
  device->accepted = offered + device->feature_bytes;
  device->configuration = device->accepted + device->feature_bytes;
  device->features = 0;
  for (u32 i = 0; i < device->feature_bytes && i < sizeof(u32); i++) device->features |= offered[i] << 8 * i;
  device->self = (u32)at - DEVICE_WINDOW + memory_bytes;
  for (u32 i = 0; i < queue_count; i++) queue_open(&queues[i], at + FIRST_QUEUE + i * QUEUE_BYTES);
  *device->status = STATUS_RESET;
  ask_host(LHCALL_NOTIFY, device->self, 0, 0);
  return 1;
}

void device_start(struct device *device, u32 features) {
  *device->status = STATUS_ACKNOWLEDGE | STATUS_DRIVER;
  for (u32 i = 0; i < device->feature_bytes; i++) device->accepted[i] = i < sizeof(u32) ? features >> 8 * i : 0;
  ask_host(LHCALL_NOTIFY, device->self, 0, 0);
  *device->status = STATUS_ACKNOWLEDGE | STATUS_DRIVER | STATUS_DRIVER_OK;
}

void queue_offer(struct queue *queue, u32 slot, const struct buffer *buffers, u32 count) {
  for (u32 i = 0; i < count; i++) {
    u16 flags = (i + 1 < count ? CHAIN_GOES_ON : 0) | (buffers[i].device_writes ? DEVICE_WRITES : 0);
    queue->descriptors[slot + i] = (struct ring_descriptor){physical(buffers[i].at), buffers[i].length, flags, slot + i + 1};
  }
  u16 index = queue->offered[INDEX];
  queue->offered[FIRST_ENTRY + index % queue->num] = slot;
  __asm__ volatile("" : : : "memory"); /* the entry before the index that makes it count */
  queue->offered[INDEX] = index + 1;
}

void queue_kick(struct queue *queue) {
  if (!(queue->used[FLAGS] & DONT_NOTIFY)) ask_host(LHCALL_NOTIFY, queue->kick, 0, 0);
}

int queue_take(struct queue *queue, u32 *slot, u32 *written) {
  if (queue->used[INDEX] == queue->seen) return 0;
  volatile struct ring_element *elements = (volatile struct ring_element *)(queue->used + FIRST_ENTRY);
  *slot = elements[queue->seen % queue->num].id;
  *written = elements[queue->seen % queue->num].length;
  queue->seen++;
  return 1;
}
