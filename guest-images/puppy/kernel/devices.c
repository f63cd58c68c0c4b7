/*
 * The files in /dev, and what happens when they are read and written.
 */
#include "devices.h"
#include "files.h"

#define DEVICE(major, minor) ((major) << 8 | (minor))
enum { BLKGETSIZE = 0x1260, BLKGETSIZE64 = (int)0x80041272 };

static int null_read(struct file *file, void *to, u32 length, int more) {
  (void)file, (void)to, (void)length, (void)more;
  return 0;
}

static int null_write(struct file *file, const void *from, u32 length, int more) {
  (void)file, (void)from, (void)more;
  return length;
}

static int zero_read(struct file *file, void *to, u32 length, int more) {
  (void)file, (void)more;
  memset(to, 0, length);
  return length;
}

/* The disk as a file: sectors are fetched whole and used in part. */
static int disk_move(struct file *file, void *at, u32 length, int write) {
  static u8 sectors[PAGE_BYTES];
  u64 size = (u64)disk_sectors * SECTOR_BYTES;
  if (file->position >= size) return write ? -ENOSPC : 0;
  u32 slack = file->position % SECTOR_BYTES, room = sizeof sectors - slack;
  if (length > room) length = room;
  if (length > size - file->position) length = size - file->position;
  u32 span = (slack + length + SECTOR_BYTES - 1) & -SECTOR_BYTES, sector = file->position / SECTOR_BYTES;
  if (disk_transfer(sector, sectors, span, 0)) return -EIO;
  if (write) {
    memcpy(sectors + slack, at, length);
    if (disk_read_only) return -EROFS;
    if (disk_transfer(sector, sectors, span, 1)) return -EIO;
  } else {
    memcpy(at, sectors + slack, length);
  }
  file->position += length;
  return length;
}

/* A short piece would end the program's read: go on until the page is full or the disk is. */
static int disk_piece(struct file *file, void *at, u32 length, int write) {
  u32 done = 0;
  while (done < length) {
    int moved = disk_move(file, (char *)at + done, length - done, write);
    if (moved <= 0) return done ? (int)done : moved;
    done += moved;
  }
  return done;
}

static int disk_read(struct file *file, void *to, u32 length, int more) { return (void)more, disk_piece(file, to, length, 0); }
static int disk_write(struct file *file, const void *from, u32 length, int more) {
  return (void)more, disk_piece(file, (void *)from, length, 1);
}

static int disk_control(struct file *file, u32 request, u32 argument) {
  (void)file;
  u64 bytes = (u64)disk_sectors * SECTOR_BYTES;
  if (request == BLKGETSIZE) return copy_out(argument, &disk_sectors, sizeof disk_sectors);
  return request == (u32)BLKGETSIZE64 ? copy_out(argument, &bytes, sizeof bytes) : -ENOTTY;
}

static const struct file_operations null_operations = {.read = null_read, .write = null_write};
static const struct file_operations zero_operations = {.read = zero_read, .write = null_write};
static const struct file_operations disk_operations = {.read = disk_read, .write = disk_write, .control = disk_control};

static const struct {
  const char *path;
  u32 mode, device;
  const struct file_operations *operations;
} devices[] = {
    {"dev/console", S_IFCHR | 0600, DEVICE(5, 1), &terminal_operations},
    {"dev/tty", S_IFCHR | 0666, DEVICE(5, 0), &terminal_operations},
    {"dev/null", S_IFCHR | 0666, DEVICE(1, 3), &null_operations},
    {"dev/zero", S_IFCHR | 0666, DEVICE(1, 5), &zero_operations},
    {"dev/vda", S_IFBLK | 0600, DEVICE(254, 0), &disk_operations},
};
enum { DEVICES = sizeof devices / sizeof *devices };

const struct file_operations *device_operations(const struct inode *inode) {
  for (u32 i = 0; i < DEVICES; i++)
    if (devices[i].device == inode->device && !((devices[i].mode ^ inode->mode) & S_IFMT))
      return devices[i].operations != &disk_operations || disk_sectors ? devices[i].operations : 0;
  return 0;
}

void devices_open(void) {
  for (u32 i = 0; i < DEVICES; i++)
    if (devices[i].operations != &disk_operations || disk_sectors) tree_add(devices[i].path, devices[i].mode, devices[i].device, 0, 0);
}
