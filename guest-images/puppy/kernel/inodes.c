/*
 * The inodes in use.  One file is one inode, however many have it open: who asks twice gets the same.
 */
#include "processes.h"
#include "files.h"

enum { INODES = 512, CHAINS = 64, DEFAULT_BLOCK_BYTES = 4096, SECTOR_BYTES = 512 };

static struct inode inodes[INODES];
static struct inode *chains[CHAINS];

static struct inode **chain_of(const struct filesystem *filesystem, u32 number) {
  return &chains[(number ^ filesystem->device * 7) % CHAINS];
}

static struct inode *free_slot(void) {
  static u32 next;
  for (u32 i = 0; i < INODES; i++) {
    struct inode *inode = &inodes[next++ % INODES];
    if (!inode->filesystem) return inode;
  }
  return 0;
}

struct inode *inode_get(const struct filesystem *filesystem, u32 number) {
  struct inode **chain = chain_of(filesystem, number), *inode = *chain;
  while (inode && (inode->number != number || inode->filesystem != filesystem)) inode = inode->next;
  if (inode) return inode_hold(inode);
  inode = free_slot();
  if (!inode) return 0;
  memset(inode, 0, sizeof *inode);
  inode->filesystem = filesystem;
  inode->number = number;
  inode->count = 1;
  if (filesystem->operations->load(inode)) {
    inode->filesystem = 0;
    return 0;
  }
  inode->next = *chain;
  *chain = inode;
  return inode;
}

struct inode *inode_hold(struct inode *inode) {
  inode->count++;
  return inode;
}

void inode_drop(struct inode *inode) {
  if (--inode->count) return;
  struct inode **link = chain_of(inode->filesystem, inode->number);
  while (*link != inode) link = &(*link)->next;
  *link = inode->next;
  if (inode->filesystem->operations->release) inode->filesystem->operations->release(inode);
  inode->filesystem = 0;
}

int inode_read(struct inode *inode, u32 offset, void *to, u32 length) {
  if (!inode->filesystem->operations->read) return -EINVAL;
  return inode->filesystem->operations->read(inode, offset, to, length);
}

u32 inodes_of(const struct filesystem *filesystem) {
  u32 count = 0;
  for (u32 i = 0; i < INODES; i++) count += inodes[i].filesystem == filesystem;
  return count;
}

void fill_stat(const struct inode *inode, struct stat *stat) {
  memset(stat, 0, sizeof *stat);
  u32 block = inode->filesystem->block_bytes;
  stat->dev = inode->filesystem->device;
  stat->ino = stat->ino32 = inode->number;
  stat->mode = inode->mode;
  stat->nlink = inode->links;
  stat->rdev = inode->device;
  stat->size = inode->size;
  stat->blksize = block ? block : DEFAULT_BLOCK_BYTES;
  stat->blocks = inode->blocks ? inode->blocks : (inode->size + SECTOR_BYTES - 1) / SECTOR_BYTES;
  stat->atime = stat->mtime = stat->ctime = inode->seconds;
}
