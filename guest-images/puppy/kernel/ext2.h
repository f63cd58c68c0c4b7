/*
 * The second extended file system, as Debian's mke2fs makes it and e2fsck wants it.
 *
 *      | 1 KiB free │ superblock │ group descriptors │ block bitmap │ inode bitmap │ inodes … │ data … | next group: the same again |
 */
#pragma once
#include "devices.h"
#include "files.h"

enum { SUPER_OFFSET = 1024, EXT2_MAGIC = 0xEF53, DIRECT = 12, POINTERS = 15, GROUP_BYTES = 32, FIRST_INODE_OF_OLD = 11 };
enum { CLEAN = 1, COMPATIBLE_INCOMPATIBLE = 2 /* file types in folders */, COMPATIBLE_READ_ONLY = 3 /* sparse, large files */ };
enum { INDEX_FLAG = 0x1000, NAME_MOST = 255, ENTRY_HEAD = 8 };

struct ext2_super {
  u32 inodes, blocks, reserved, free_blocks, free_inodes, first_block, log_block, log_fragment;
  u32 blocks_per_group, fragments_per_group, inodes_per_group, mounted_at, written_at;
  u16 mounts, mounts_most, magic, state, errors, minor;
  u32 checked_at, check_interval, creator, revision, reserved_users;
  u32 first_inode;
  u16 inode_bytes, group;
  u32 compatible, incompatible, read_only_compatible;
};
struct ext2_group {
  u32 block_bitmap, inode_bitmap, inode_table;
  u16 free_blocks, free_inodes, folders, pad;
};
struct ext2_inode {
  u16 mode, uid;
  u32 size, accessed, changed, modified, deleted;
  u16 gid, links;
  u32 sectors, flags, system1, place[POINTERS], generation, attributes, size_high, fragment, system2[3];
};
struct ext2_entry {
  u32 inode;
  u16 bytes;
  u8 name_length, type;
  char name[];
};

/* --- ext2-blocks.c: a cache of blocks, written back when room is needed and at sync --- */
extern u32 block_bytes;
int blocks_open(u32 bytes);
u8 *block_read(u32 block);  /* where it is, until a few dozen others were asked for; null if the disk fails */
u8 *block_fresh(u32 block); /* the same, zeroed and not read */
void block_changed(const void *within);
int blocks_sync(void);

/* --- ext2-super.c --- */
extern struct ext2_super super;
struct ext2_group *group_at(u32 group);
u32 group_count(void);
struct ext2_inode *disk_inode(u32 number); /* in its block; null if the disk fails */
u32 ext2_now(void);

/* --- ext2-space.c: which blocks and inodes are taken; 0 when none is free --- */
u32 block_allocate(u32 near);
void block_release(u32 block);
u32 inode_allocate(u32 near, int is_folder);
void inode_release(u32 number, int is_folder);

/* --- ext2-inode.c --- */
int ext2_load(struct inode *inode);
int ext2_save(struct inode *inode);
void ext2_release(struct inode *inode);
int ext2_read(struct inode *inode, u32 offset, void *to, u32 length);
int ext2_write(struct inode *inode, u32 offset, const void *from, u32 length);
int ext2_truncate(struct inode *inode, u32 size);

/* --- ext2-place.c: from a place in a file to a block --- */
u32 place_block(struct inode *inode, u32 index, int make); /* 0: a hole, or no room */
void place_cut(struct inode *inode, u32 blocks);           /* keeps the first so many */

/* --- ext2-folder.c --- */
int ext2_lookup(struct inode *folder, const char *name, u32 *number);
int ext2_list(struct inode *folder, u32 *position, struct entry *entry);
int ext2_create(struct inode *folder, const char *name, u32 mode, u32 device, u32 *number);
int ext2_link(struct inode *folder, const char *name, struct inode *inode);
int ext2_unlink(struct inode *folder, const char *name, struct inode *inode);
int ext2_rename(struct inode *folder, const char *name, struct inode *to, const char *to_name, struct inode *inode);
