/*
 * Which block of the disk holds which block of a file: twelve are named in the inode, the next are named in a block the
 * inode names, and then it goes one level further down, twice.
 */
#include "ext2.h"

enum { LEVELS = 3 };

static u32 per_block(void) { return block_bytes / sizeof(u32); }

/* How deep below the inode a block of the file is named, and which number it has at that depth. */
static int level_of(u32 *index) {
  if (*index < DIRECT) return 0;
  *index -= DIRECT;
  u32 span = per_block();
  for (int level = 1; level <= LEVELS; level++, span *= per_block()) {
    if (*index < span) return level;
    *index -= span;
  }
  return -1;
}

static u32 new_block(struct inode *inode, u32 near) {
  u32 block = block_allocate(near);
  if (!block || !block_fresh(block)) return 0;
  inode->blocks += block_bytes / SECTOR_BYTES;
  return block;
}

u32 place_block(struct inode *inode, u32 index, int make) {
  int level = level_of(&index);
  if (level < 0) return 0;
  u32 *slot = &inode->place[level ? DIRECT + level - 1 : (int)index], near = inode->place[0];
  for (;;) {
    if (!*slot) {
      if (!make) return 0;
      u32 block = new_block(inode, near ? near : (inode->number - 1) / super.inodes_per_group * super.blocks_per_group);
      if (!block) return 0;
      *slot = block;
      block_changed(slot); /* harmless if it is the inode's own */
    }
    u32 block = *slot;
    if (!level--) return block;
    u32 span = 1;
    for (int i = 0; i < level; i++) span *= per_block();
    u32 *names = (u32 *)block_read(block);
    if (!names) return 0;
    near = block;
    slot = names + index / span;
    index %= span;
  }
}

static void let_go(struct inode *inode, u32 block) {
  block_release(block);
  inode->blocks -= block_bytes / SECTOR_BYTES;
}

/* Frees what is named below `block`, the first `kept` file blocks of its span excepted; true if nothing was kept. */
static int cut_below(struct inode *inode, u32 block, int level, u32 kept) {
  u32 span = 1;
  for (int i = 1; i < level; i++) span *= per_block();
  for (u32 i = kept / span; i < per_block(); i++) {
    u32 *names = (u32 *)block_read(block);
    if (!names) return 0;
    u32 below = names[i], first = i == kept / span ? kept % span : 0;
    if (!below || (level > 1 ? !cut_below(inode, below, level - 1, first) : first != 0)) continue;
    let_go(inode, below);
    names = (u32 *)block_read(block);
    if (!names) return 0;
    names[i] = 0;
    block_changed(names);
  }
  return kept == 0;
}

void place_cut(struct inode *inode, u32 blocks) {
  for (u32 i = blocks; i < DIRECT; i++) {
    if (inode->place[i]) let_go(inode, inode->place[i]);
    inode->place[i] = 0;
  }
  u32 before = DIRECT, span = per_block();
  for (int level = 1; level <= LEVELS; level++, before += span, span *= per_block()) {
    u32 *slot = &inode->place[DIRECT + level - 1], kept = blocks > before ? blocks - before : 0;
    if (!*slot || kept >= span || !cut_below(inode, *slot, level, kept)) continue;
    let_go(inode, *slot);
    *slot = 0;
  }
}
