/*
 * Files of the second extended file system: their records, and what is in them.
 */
#include "ext2.h"

enum { SIZE_MOST = 0x7fffffff, ATTRIBUTE_USERS = 1 /* the second word of a block of attributes */ };

static int is_device(u32 mode) { return (mode & S_IFMT) == S_IFCHR || (mode & S_IFMT) == S_IFBLK; }

int ext2_load(struct inode *inode) {
  const struct ext2_inode *record = disk_inode(inode->number);
  if (!record) return -EIO;
  if ((record->mode & S_IFMT) == S_IFREG && (record->size_high || record->size > SIZE_MOST)) return -EFBIG;
  inode->mode = record->mode;
  inode->links = record->links;
  inode->size = record->size;
  inode->seconds = record->modified;
  inode->blocks = record->sectors;
  memcpy(inode->place, record->place, sizeof inode->place);
  if (is_device(inode->mode)) inode->device = inode->place[0];
  return 0;
}

int ext2_save(struct inode *inode) {
  if (!ext2_is_writable()) return -EROFS;
  struct ext2_inode *record = disk_inode(inode->number);
  if (!record) return -EIO;
  record->mode = inode->mode;
  record->links = inode->links;
  record->size = inode->size;
  record->modified = record->changed = inode->seconds;
  record->sectors = inode->blocks;
  memcpy(record->place, inode->place, sizeof inode->place);
  if ((inode->mode & S_IFMT) == S_IFDIR) record->flags &= ~INDEX_FLAG; /* we keep no index, so there is none */
  block_changed(record);
  return 0;
}

/* Attributes may be shared between inodes, and count their users. */
static void drop_attributes(struct inode *inode, struct ext2_inode *record) {
  u32 block = record->attributes;
  u32 *words = block ? (u32 *)block_read(block) : 0;
  if (!words) return;
  inode->blocks -= block_bytes / SECTOR_BYTES;
  if (--words[ATTRIBUTE_USERS] == 0) block_release(block);
  block_changed(words);
}

static u32 attribute_sectors(const struct inode *inode) {
  const struct ext2_inode *record = disk_inode(inode->number);
  return record && record->attributes ? block_bytes / SECTOR_BYTES : 0;
}

/* Short links live in the inode itself, where other files name their blocks. */
static int is_short_link(const struct inode *inode) {
  return (inode->mode & S_IFMT) == S_IFLNK && inode->blocks == attribute_sectors(inode);
}

static int has_blocks(const struct inode *inode) {
  u32 kind = inode->mode & S_IFMT;
  return kind == S_IFREG || kind == S_IFDIR || (kind == S_IFLNK && !is_short_link(inode));
}

/* The last name and the last user are gone. */
void ext2_release(struct inode *inode) {
  if (inode->links || !ext2_is_writable()) return;
  if (has_blocks(inode)) place_cut(inode, 0);
  struct ext2_inode *record = disk_inode(inode->number);
  if (!record) return;
  drop_attributes(inode, record);
  record = disk_inode(inode->number);
  if (!record) return;
  record->links = 0;
  record->sectors = 0;
  record->attributes = 0;
  if (inode->size && (inode->mode & S_IFMT) == S_IFREG) record->size = 0;
  memcpy(record->place, inode->place, sizeof inode->place);
  record->deleted = ext2_now();
  block_changed(record);
  inode_release(inode->number, (inode->mode & S_IFMT) == S_IFDIR);
}

int ext2_read(struct inode *inode, u32 offset, void *to, u32 length) {
  if (offset >= inode->size) return 0;
  if (length > inode->size - offset) length = inode->size - offset;
  if (is_short_link(inode)) {
    memcpy(to, (char *)inode->place + offset, length);
    return length;
  }
  for (u32 done = 0; done < length;) {
    u32 at = (offset + done) % block_bytes, part = block_bytes - at < length - done ? block_bytes - at : length - done;
    u32 block = place_block(inode, (offset + done) / block_bytes, 0);
    const u8 *bytes = block ? block_read(block) : virtual(zero_frame);
    if (!bytes) return done ? (int)done : -EIO;
    memcpy((char *)to + done, bytes + at, part);
    done += part;
  }
  return length;
}

static u32 write_blocks(struct inode *inode, u32 offset, const char *from, u32 length) {
  u32 done = 0;
  while (done < length) {
    u32 at = (offset + done) % block_bytes, part = block_bytes - at < length - done ? block_bytes - at : length - done;
    u32 block = place_block(inode, (offset + done) / block_bytes, 1);
    u8 *bytes = !block ? 0 : part == block_bytes ? block_fresh(block) : block_read(block);
    if (!bytes) break;
    memcpy(bytes + at, from + done, part);
    block_changed(bytes);
    done += part;
  }
  return done;
}

int ext2_write(struct inode *inode, u32 offset, const void *from, u32 length) {
  if (!ext2_is_writable()) return -EROFS;
  if (offset > SIZE_MOST || length > SIZE_MOST - offset) return -EFBIG;
  u32 done = 0;
  if ((inode->mode & S_IFMT) == S_IFLNK && length < sizeof inode->place && !inode->blocks) {
    memcpy(inode->place, from, length);
    done = length;
  } else {
    done = write_blocks(inode, offset, from, length);
  }
  if (offset + done > inode->size) inode->size = offset + done;
  inode->seconds = ext2_now();
  int error = ext2_save(inode);
  return error ? error : done || !length ? (int)done : -ENOSPC;
}

int ext2_truncate(struct inode *inode, u32 size) {
  if (!ext2_is_writable()) return -EROFS;
  if (size > SIZE_MOST) return -EFBIG;
  if (size < inode->size) {
    place_cut(inode, (size + block_bytes - 1) / block_bytes);
    /* What lay behind the new end must read as zeroes if the file grows again. */
    u32 block = size % block_bytes ? place_block(inode, size / block_bytes, 0) : 0;
    u8 *bytes = block ? block_read(block) : 0;
    if (bytes) {
      memset(bytes + size % block_bytes, 0, block_bytes - size % block_bytes);
      block_changed(bytes);
    }
  }
  inode->size = size;
  inode->seconds = ext2_now();
  return ext2_save(inode);
}
