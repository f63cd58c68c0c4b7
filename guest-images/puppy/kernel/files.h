/*
 * Files.  An inode is a file as a file system has it, an open file is somebody's place in one, and a descriptor is a small
 * number for an open file.
 */
#pragma once
#include "linux-abi.h"
#include "kernel.h"

struct inode;
struct file;

struct entry {
  u32 number, type; /* DT_…: the mode's upper four bits */
  u32 length;
  const char *name; /* not terminated */
};

/* What a file system can do; a null says it cannot.  All answer 0 or more, or an errno negated.  None ever sleeps. */
struct inode_operations {
  int (*load)(struct inode *inode); /* fills in what is known under ->number */
  void (*release)(struct inode *inode);
  int (*read)(struct inode *inode, u32 offset, void *to, u32 length);
  int (*write)(struct inode *inode, u32 offset, const void *from, u32 length);
  int (*truncate)(struct inode *inode, u32 size);
  int (*save)(struct inode *inode); /* mode or date was changed */
  int (*lookup)(struct inode *folder, const char *name, u32 *number);
  int (*list)(struct inode *folder, u32 *position, struct entry *entry); /* 1: there was one */
  int (*create)(struct inode *folder, const char *name, u32 mode, u32 device, u32 *number);
  int (*link)(struct inode *folder, const char *name, struct inode *inode);
  int (*unlink)(struct inode *folder, const char *name, struct inode *inode); /* folders are empty by then */
  int (*rename)(struct inode *folder, const char *name, struct inode *to, const char *to_name, struct inode *inode);
};

struct filesystem {
  const char *type;
  const struct inode_operations *operations;
  u32 device, block_bytes;
  void (*count)(u32 *blocks, u32 *free_blocks, u32 *inodes, u32 *free_inodes); /* for df; may be null */
};

struct inode {
  const struct filesystem *filesystem; /* null: this slot is free */
  u32 number, count;
  u32 mode, links, size, seconds, device, blocks;
  struct inode *mounted; /* on a folder: what is seen in its place */
  struct inode *covers;  /* on a root: the folder it is mounted on */
  struct inode *next;
  void *own;             /* the file system's */
  u32 place[15];         /* ext2: where the blocks are */
};

/* --- inodes.c --- */
struct inode *inode_get(const struct filesystem *filesystem, u32 number); /* held; null without a slot or on an error */
struct inode *inode_hold(struct inode *inode);
void inode_drop(struct inode *inode);
int inode_read(struct inode *inode, u32 offset, void *to, u32 length);
u32 inodes_of(const struct filesystem *filesystem);
void fill_stat(const struct inode *inode, struct stat *stat);

/* --- path.c --- */
enum { PATH_FOLLOW = 1 };
extern struct inode *root;
int path_find(const char *path, int flags, struct inode **found);
int path_find_from(struct inode *start, const char *path, int flags, struct inode **found);
/* The folder something is or would be in, and its name there (at least PATH_BYTES). */
int path_parent(struct inode *start, const char *path, struct inode **folder, char *name);
/* What lies under a name in a folder, mounts considered. */
int path_step(struct inode *folder, const char *name, struct inode **found);
int mount(const char *path, const struct filesystem *filesystem, u32 number);
int path_of(struct inode *folder, char *to, u32 size); /* length with its end, or an error */

/* --- tree.c and initrd.c: the root --- */
extern const struct filesystem tree_filesystem;
int tree_add(const char *path, u32 mode, u32 device, const u8 *bytes, u32 length);
void tree_open(u32 nodes);
void tree_make_writable(const char *path);
u32 initrd_open(void); /* where memory that is not the initrd's ends */

/* --- proc.c, ext2-*.c --- */
extern const struct filesystem proc_filesystem;
extern struct filesystem ext2_filesystem;
enum { PROC_ROOT = 1, EXT2_ROOT = 2 };
int ext2_open(void); /* 0 if there is one on the disk */
void ext2_sync(void);
void ext2_close(void);
int ext2_is_mounted(void);
int ext2_is_writable(void);

/* --- open files --- */
/* `more`: part of the answer is there already, so do not wait. */
struct file_operations {
  int (*read)(struct file *file, void *to, u32 length, int more);
  int (*write)(struct file *file, const void *from, u32 length, int more);
  u32 (*ready)(struct file *file); /* POLL… */
  int (*control)(struct file *file, u32 request, u32 argument);
};
struct file {
  u32 count, flags, position;
  struct inode *inode;
  const struct file_operations *operations;
};
extern const struct file_operations regular_file, pipe_reader, pipe_writer;
const struct file_operations *device_operations(const struct inode *inode); /* null: there is no such device */
struct file *file_open(struct inode *inode, u32 flags, const struct file_operations *operations); /* takes over the inode */
void file_hold(struct file *file);
void file_let_go(struct file *file);
int file_close(u32 descriptor);
struct file *file_at(u32 descriptor); /* of the current process; null */
int descriptor_for(struct file *file, u32 least, int close_on_exec);
int open_path(struct inode *start, const char *path, u32 flags, u32 mode, struct file **opened);

/* --- pipe.c --- */
int pipe_open(struct file **reader, struct file **writer);
void pipe_end_closed(struct file *file);

/* --- poll.c --- */
void announce(const void *channel); /* wake_up, and whoever polls */
