/*
 * The file system as a whole: its superblock, its groups, and whether it is ours to write on.
 */
#include "ext2.h"

struct ext2_super super;
static int mounted, writable;
static u8 super_page[PAGE_BYTES] __attribute__((aligned(PAGE_BYTES))); /* as it is on the disk, for what we do not know */

enum { SUPER_BYTES = 1024, LOG_MOST = 2, EXT2_DEVICE = 4 };

/* Never 0, which as the date of a deletion would say that there was none. */
u32 ext2_now(void) {
  u32 now = boot_seconds() + (u32)(now_ns() / 1000000000);
  return now ? now : 1;
}
u32 group_count(void) { return (super.blocks - super.first_block + super.blocks_per_group - 1) / super.blocks_per_group; }

struct ext2_group *group_at(u32 group) {
  u32 per_block = block_bytes / GROUP_BYTES;
  u8 *block = block_read(super.first_block + 1 + group / per_block);
  return block ? (struct ext2_group *)(block + group % per_block * GROUP_BYTES) : 0;
}

struct ext2_inode *disk_inode(u32 number) {
  if (!number || number > super.inodes) return 0;
  u32 index = number - 1, bytes = super.revision ? super.inode_bytes : sizeof(struct ext2_inode);
  struct ext2_group *group = group_at(index / super.inodes_per_group);
  if (!group) return 0;
  u32 offset = index % super.inodes_per_group * bytes;
  u8 *block = block_read(group->inode_table + offset / block_bytes);
  return block ? (struct ext2_inode *)(block + offset % block_bytes) : 0;
}

static int write_super(void) {
  if (!writable) return 0;
  super.written_at = ext2_now();
  memcpy(super_page, &super, sizeof super);
  return disk_transfer(SUPER_OFFSET / SECTOR_BYTES, super_page, SUPER_BYTES, 1);
}

/* Features we do not know are of three kinds: they matter, they matter to who writes, they do not matter. */
static int is_ours(void) {
  if (super.magic != EXT2_MAGIC || super.log_block > LOG_MOST) return 0;
  if (!super.blocks_per_group || !super.inodes_per_group || super.blocks <= super.first_block) return 0;
  if (super.revision && super.incompatible & ~COMPATIBLE_INCOMPATIBLE) return 0;
  return !super.revision || super.inode_bytes >= sizeof(struct ext2_inode);
}

int ext2_open(void) {
  if (disk_transfer(SUPER_OFFSET / SECTOR_BYTES, super_page, SUPER_BYTES, 0)) return -EIO;
  memcpy(&super, super_page, sizeof super);
  if (!is_ours()) return -EINVAL;
  int error = blocks_open(1024 << super.log_block);
  if (error) return error;
  writable = !disk_read_only && !(super.revision && super.read_only_compatible & ~COMPATIBLE_READ_ONLY);
  mounted = 1;
  ext2_filesystem.block_bytes = block_bytes;
  if (!(super.state & CLEAN)) print("puppy: the disk was not unmounted; e2fsck would like to see it\n");
  super.state &= ~CLEAN;
  super.mounts++;
  super.mounted_at = ext2_now();
  return write_super();
}

void ext2_sync(void) {
  if (!mounted || !writable) return;
  if (write_super() | blocks_sync()) print("puppy: the disk does not take what was written\n");
}

void ext2_close(void) {
  super.state |= CLEAN;
  ext2_sync();
}

int ext2_is_mounted(void) { return mounted; }
int ext2_is_writable(void) { return mounted && writable; }

static void count(u32 *blocks, u32 *free_blocks, u32 *inodes, u32 *free_inodes) {
  *blocks = super.blocks, *free_blocks = super.free_blocks;
  *inodes = super.inodes, *free_inodes = super.free_inodes;
}

static const struct inode_operations operations = {
    .load = ext2_load,     .release = ext2_release, .read = ext2_read,     .write = ext2_write,   .truncate = ext2_truncate,
    .save = ext2_save,     .lookup = ext2_lookup,   .list = ext2_list,     .create = ext2_create, .link = ext2_link,
    .unlink = ext2_unlink, .rename = ext2_rename,
};
struct filesystem ext2_filesystem = {.type = "ext2", .operations = &operations, .device = EXT2_DEVICE, .count = count};
