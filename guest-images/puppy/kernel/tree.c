/*
 * The tree in memory: what the initrd brought, where it lies; devices; and what is written to /tmp, on frames of its own.
 */
#include "processes.h"
#include "files.h"

enum { OWN_NAME_BYTES = 48, FRAMES_MOST = WORDS_PER_PAGE, TREE_DEVICE = 1 };

struct node {
  u16 mode, links;
  struct node *parent, *child, *sibling;
  u32 size, seconds, device;
  const u8 *bytes; /* in the initrd; such a file cannot be written */
  u32 index;       /* the frame that lists this file's frames; 0: none yet */
  int writable, used;
  const char *name;
  char own_name[OWN_NAME_BYTES];
};

static struct node *nodes;
static u32 node_count;

static struct node *node_of(const struct inode *inode) { return inode->own; }
static u32 number_of(const struct node *node) { return node - nodes + 1; }

static int names_match(const char *one, const char *other) {
  while (*one && *one == *other) one++, other++;
  return *one == *other;
}

static struct node *child_named(const struct node *folder, const char *name) {
  struct node *child = folder->child;
  while (child && !names_match(child->name, name)) child = child->sibling;
  return child;
}

/* Children stay in the order they came. */
static void attach(struct node *folder, struct node *node) {
  struct node **link = &folder->child;
  while (*link) link = &(*link)->sibling;
  *link = node;
  node->sibling = 0;
  node->parent = folder;
  folder->links += (node->mode & S_IFMT) == S_IFDIR;
}

static void detach(struct node *node) {
  struct node **link = &node->parent->child;
  while (*link != node) link = &(*link)->sibling;
  *link = node->sibling;
  node->parent->links -= (node->mode & S_IFMT) == S_IFDIR;
}

static struct node *new_node(u32 mode, u32 device) {
  static u32 next;
  for (u32 i = 0; i < node_count; i++) {
    struct node *node = &nodes[next++ % node_count];
    if (node->used) continue;
    memset(node, 0, sizeof *node);
    node->used = 1;
    node->mode = mode;
    node->links = (mode & S_IFMT) == S_IFDIR ? 2 : 1;
    node->device = device;
    node->seconds = boot_seconds() + (u32)(now_ns() / 1000000000);
    return node;
  }
  return 0;
}

static int set_name(struct node *node, const char *name) {
  u32 length = text_length(name);
  if (length >= OWN_NAME_BYTES) return -ENAMETOOLONG;
  memcpy(node->own_name, name, length + 1);
  node->name = node->own_name;
  return 0;
}

static int tree_load(struct inode *inode) {
  if (inode->number == 0 || inode->number > node_count) return -ENOENT;
  struct node *node = &nodes[inode->number - 1];
  inode->own = node;
  inode->mode = node->mode;
  inode->links = node->links;
  inode->size = node->size;
  inode->seconds = node->seconds;
  inode->device = node->device;
  return 0;
}

static int tree_truncate(struct inode *inode, u32 size) {
  struct node *node = node_of(inode);
  if (!node->writable) return -EROFS;
  u32 *frames = node->index ? virtual(node->index) : 0, kept = page_ceiling(size) / PAGE_BYTES;
  if (frames && size < node->size && size % PAGE_BYTES && frames[kept - 1])
    memset((char *)virtual(frames[kept - 1]) + size % PAGE_BYTES, 0, PAGE_BYTES - size % PAGE_BYTES);
  for (u32 i = kept; frames && i < FRAMES_MOST; i++) {
    if (frames[i]) frame_drop(frames[i]);
    frames[i] = 0;
  }
  if (frames && !size) {
    frame_drop(node->index);
    node->index = 0;
  }
  inode->size = node->size = size;
  return 0;
}

/* The last name is gone, and now the last user. */
static void tree_release(struct inode *inode) {
  struct node *node = node_of(inode);
  if (node->links) return;
  tree_truncate(inode, 0);
  node->used = 0;
}

static int tree_read(struct inode *inode, u32 offset, void *to, u32 length) {
  struct node *node = node_of(inode);
  if (offset >= node->size) return 0;
  if (length > node->size - offset) length = node->size - offset;
  if (node->bytes) {
    memcpy(to, node->bytes + offset, length);
    return length;
  }
  const u32 *frames = node->index ? virtual(node->index) : 0;
  for (u32 done = 0; done < length;) {
    u32 at = (offset + done) % PAGE_BYTES, part = PAGE_BYTES - at < length - done ? PAGE_BYTES - at : length - done;
    u32 frame = frames ? frames[(offset + done) / PAGE_BYTES] : 0;
    memcpy((char *)to + done, (char *)virtual(frame ? frame : zero_frame) + at, part);
    done += part;
  }
  return length;
}

static char *page_for_writing(struct node *node, u32 index) {
  if (!node->index && !(node->index = frame_take_zeroed())) return 0;
  u32 *frames = virtual(node->index);
  if (!frames[index] && !(frames[index] = frame_take_zeroed())) return 0;
  return virtual(frames[index]);
}

static int tree_write(struct inode *inode, u32 offset, const void *from, u32 length) {
  struct node *node = node_of(inode);
  if (!node->writable) return -EROFS;
  u32 done = 0;
  while (done < length) {
    u32 at = (offset + done) % PAGE_BYTES, index = (offset + done) / PAGE_BYTES;
    u32 part = PAGE_BYTES - at < length - done ? PAGE_BYTES - at : length - done;
    char *page = index < FRAMES_MOST ? page_for_writing(node, index) : 0;
    if (!page) break;
    memcpy(page + at, (const char *)from + done, part);
    done += part;
  }
  if (offset + done > node->size) inode->size = node->size = offset + done;
  return done || !length ? (int)done : -ENOSPC;
}

static int tree_lookup(struct inode *folder, const char *name, u32 *number) {
  struct node *here = node_of(folder);
  struct node *node = names_match(name, "..") ? here->parent : child_named(here, name);
  if (!node) return -ENOENT;
  *number = number_of(node);
  return 0;
}

/* Positions: 0 and 1 are the two every folder has, then the children. */
static int tree_list(struct inode *folder, u32 *position, struct entry *entry) {
  const struct node *here = node_of(folder), *node = here;
  entry->name = *position ? ".." : ".";
  if (*position == 1) node = here->parent;
  if (*position > 1) {
    node = here->child;
    for (u32 i = 2; node && i < *position; i++) node = node->sibling;
    if (!node) return 0;
    entry->name = node->name;
  }
  entry->length = text_length(entry->name);
  entry->number = number_of(node);
  entry->type = node->mode >> 12;
  ++*position;
  return 1;
}

static int tree_create(struct inode *folder, const char *name, u32 mode, u32 device, u32 *number) {
  struct node *here = node_of(folder);
  if (!here->writable) return -EROFS;
  struct node *node = new_node(mode, device);
  if (!node) return -ENOSPC;
  int error = set_name(node, name);
  if (error) return node->used = 0, error;
  node->writable = 1;
  attach(here, node);
  folder->links = here->links;
  *number = number_of(node);
  return 0;
}

static int tree_unlink(struct inode *folder, const char *name, struct inode *inode) {
  (void)name;
  struct node *node = node_of(inode);
  if (!node->writable || !node_of(folder)->writable) return -EROFS;
  detach(node);
  folder->links = node->parent->links;
  inode->links = node->links = 0;
  return 0;
}

static int tree_rename(struct inode *folder, const char *name, struct inode *to, const char *to_name, struct inode *inode) {
  (void)name;
  struct node *node = node_of(inode), *target = node_of(to);
  if (!node->writable || !node_of(folder)->writable || !target->writable) return -EROFS;
  int error = set_name(node, to_name);
  if (error) return error;
  detach(node);
  attach(target, node);
  folder->links = node_of(folder)->links;
  to->links = target->links;
  return 0;
}

static int tree_save(struct inode *inode) {
  struct node *node = node_of(inode);
  if (!node->writable) return -EROFS;
  node->mode = inode->mode;
  node->seconds = inode->seconds;
  return 0;
}

static const struct inode_operations operations = {
    .load = tree_load,     .release = tree_release, .read = tree_read, .write = tree_write,   .truncate = tree_truncate,
    .save = tree_save,     .lookup = tree_lookup,   .list = tree_list, .create = tree_create, .unlink = tree_unlink,
    .rename = tree_rename,
};
const struct filesystem tree_filesystem = {.type = "rootfs", .operations = &operations, .device = TREE_DEVICE};

void tree_open(u32 count) {
  node_count = count;
  nodes = virtual(take_pages(page_ceiling(count * sizeof *nodes) / PAGE_BYTES));
  struct node *top = new_node(S_IFDIR | 0755, 0);
  top->name = "/";
  top->parent = top;
  root = inode_get(&tree_filesystem, number_of(top));
}

/* The node a path leads to, which has no links in it. */
static struct node *node_at(const char *path, u32 length) {
  struct node *node = nodes;
  char name[OWN_NAME_BYTES];
  for (u32 at = 0; node && at < length;) {
    u32 used = 0;
    while (at < length && path[at] != '/' && used + 1 < OWN_NAME_BYTES) name[used++] = path[at++];
    name[used] = 0;
    if (used && !(used == 1 && name[0] == '.')) node = child_named(node, name);
    if (at < length) at++;
  }
  return node;
}

/* The name is not copied: it must stay where it is. */
int tree_add(const char *path, u32 mode, u32 device, const u8 *bytes, u32 length) {
  const char *last = path;
  for (const char *at = path; *at; at++)
    if (*at == '/') last = at + 1;
  struct node *folder = node_at(path, last - path);
  if (!*last || !folder || child_named(folder, last)) return -EEXIST;
  struct node *node = new_node(mode, device);
  if (!node) return -ENOSPC;
  node->name = last;
  node->bytes = length ? bytes : 0;
  node->size = length;
  attach(folder, node);
  return 0;
}

void tree_make_writable(const char *path) {
  struct node *node = node_at(path, text_length(path));
  if (node) node->writable = 1;
}
