/* /proc and the disk, empty so far. */
#include "processes.h"
#include "files.h"
static int no(struct inode *i) { i->mode = S_IFDIR | 0555; return 0; }
static const struct inode_operations operations = {.load = no};
const struct filesystem proc_filesystem = {.type = "proc", .operations = &operations, .device = 3};
const struct filesystem ext2_filesystem = {.type = "ext2", .operations = &operations, .device = 4};
int ext2_open(void) { return -ENODEV; }
void ext2_sync(void) {}
void ext2_close(void) {}
