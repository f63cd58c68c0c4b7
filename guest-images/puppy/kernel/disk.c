/*
 * The disk: virtio-block, one request at a time, waited for by halting.
 *
 *      a request:  | type:32 │ 0:32 │ sector:64 |  data …  | status:8 |
 */
#include "devices.h"

enum { READ = 0, WRITE = 1, FLUSH = 4, SLOTS = 3, NO_FLUSH_NEEDED = 0 };
enum { FEATURE_READ_ONLY = 1 << 5, FEATURE_FLUSH = 1 << 9 };

u32 disk_sectors;
int disk_read_only;
static struct queue queue;
static int can_flush;

static void request_done(struct frame *frame) { (void)frame; }

void disk_open(void) {
  struct device disk;
  if (!device_find(DEVICE_BLOCK, &disk, &queue, 1)) return;
  u64 capacity = 0;
  for (u32 i = 0; i < sizeof capacity; i++) capacity |= (u64)disk.configuration[i] << 8 * i;
  disk_sectors = capacity >> 32 ? ~0u : (u32)capacity;
  disk_read_only = (disk.features & FEATURE_READ_ONLY) != 0;
  can_flush = (disk.features & FEATURE_FLUSH) != 0;
  device_start(&disk, disk.features & (FEATURE_READ_ONLY | FEATURE_FLUSH));
  interrupt_handler(queue.irq, request_done);
}

/*
 * @journey drivers/disk-wait  Waiting for a disk
 *
 * A large kernel would let somebody else run now.  This one halts: file system code that is never interrupted by other
 * file system code needs no locks, and that is worth the wait.  The interrupt is only there to end the halt; what
 * it is about is written in the ring.
 */
static int request(u32 type, u32 sector, void *at, u32 bytes) {
  static struct { u32 type, priority; u64 sector; } header;
  static u8 status;
  header.type = type;
  header.sector = sector;
  status = 0xff;
  struct buffer buffers[SLOTS] = {{&header, sizeof header, 0}, {at, bytes, type == READ}, {&status, 1, 1}};
  if (!bytes) buffers[1] = buffers[2];
  queue_offer(&queue, 0, buffers, bytes ? SLOTS : SLOTS - 1);
  queue_kick(&queue);
  u32 slot, written;
  while (!queue_take(&queue, &slot, &written)) {
    ask_host(LHCALL_HALT, 0, 0, 0);
    lguest_data.irq_enabled = 0;
  }
  return status ? -EIO : 0;
}
/* @end */

int disk_transfer(u32 sector, void *at, u32 bytes, int write) {
  if (sector >= disk_sectors || bytes / SECTOR_BYTES > disk_sectors - sector) return -EIO;
  return request(write ? WRITE : READ, sector, at, bytes);
}

int disk_flush(void) { return can_flush ? request(FLUSH, 0, 0, 0) : NO_FLUSH_NEEDED; }
