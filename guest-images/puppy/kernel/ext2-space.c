/*
 * Taking and giving back blocks and inodes: a bit in a bitmap, a count in the group, and a count in the superblock.
 */
#include "ext2.h"

/* The first clear bit from `start` on, wrapping round once, set; ~0 if there is none. */
static u32 take_bit(u8 *bitmap, u32 bits, u32 start) {
  for (u32 i = 0; i < bits; i++) {
    u32 bit = (start + i) % bits;
    if (!(bit % 8) && bitmap[bit / 8] == 0xff && i + 8 <= bits && bit + 8 <= bits) {
      i += 7;
      continue;
    }
    if (bitmap[bit / 8] >> bit % 8 & 1) continue;
    bitmap[bit / 8] |= 1 << bit % 8;
    block_changed(bitmap);
    return bit;
  }
  return ~0u;
}

static int clear_bit(u8 *bitmap, u32 bit) {
  int was = bitmap[bit / 8] >> bit % 8 & 1;
  bitmap[bit / 8] &= ~(1 << bit % 8);
  block_changed(bitmap);
  return was;
}

static u32 blocks_in(u32 group) {
  u32 first = super.first_block + group * super.blocks_per_group;
  return super.blocks - first < super.blocks_per_group ? super.blocks - first : super.blocks_per_group;
}

u32 block_allocate(u32 near) {
  u32 groups = group_count(), start = near > super.first_block ? near - super.first_block : 0;
  for (u32 i = 0; i < groups; i++) {
    u32 group = (start / super.blocks_per_group + i) % groups;
    struct ext2_group *entry = group_at(group);
    if (!entry || !entry->free_blocks) continue;
    u8 *bitmap = block_read(entry->block_bitmap);
    if (!bitmap) continue;
    u32 bit = take_bit(bitmap, blocks_in(group), i ? 0 : start % super.blocks_per_group);
    if (bit == ~0u) continue;
    entry = group_at(group);
    entry->free_blocks--;
    block_changed(entry);
    super.free_blocks--;
    return super.first_block + group * super.blocks_per_group + bit;
  }
  return 0;
}

void block_release(u32 block) {
  if (block < super.first_block || block >= super.blocks) return;
  u32 index = block - super.first_block, group = index / super.blocks_per_group;
  struct ext2_group *entry = group_at(group);
  u8 *bitmap = entry ? block_read(entry->block_bitmap) : 0;
  if (!bitmap || !clear_bit(bitmap, index % super.blocks_per_group)) return;
  entry = group_at(group);
  entry->free_blocks++;
  block_changed(entry);
  super.free_blocks++;
}

u32 inode_allocate(u32 near, int is_folder) {
  u32 groups = group_count(), reserved = super.revision ? super.first_inode : FIRST_INODE_OF_OLD;
  for (u32 i = 0; i < groups; i++) {
    u32 group = ((near - 1) / super.inodes_per_group + i) % groups;
    struct ext2_group *entry = group_at(group);
    if (!entry || !entry->free_inodes) continue;
    u8 *bitmap = block_read(entry->inode_bitmap);
    u32 bit = bitmap ? take_bit(bitmap, super.inodes_per_group, group ? 0 : reserved - 1) : ~0u;
    if (bit == ~0u) continue;
    entry = group_at(group);
    entry->free_inodes--;
    entry->folders += is_folder;
    block_changed(entry);
    super.free_inodes--;
    return group * super.inodes_per_group + bit + 1;
  }
  return 0;
}

void inode_release(u32 number, int is_folder) {
  u32 index = number - 1, group = index / super.inodes_per_group;
  struct ext2_group *entry = group_at(group);
  u8 *bitmap = entry ? block_read(entry->inode_bitmap) : 0;
  if (!bitmap || !clear_bit(bitmap, index % super.inodes_per_group)) return;
  entry = group_at(group);
  entry->free_inodes++;
  entry->folders -= is_folder;
  block_changed(entry);
  super.free_inodes++;
}
