/*
 * From a path to an inode: step by step, through symbolic links and over the edges of file systems.
 */
#include "processes.h"
#include "files.h"

enum { LINKS_MOST = 8 };

struct inode *root;

static int text_is(const char *one, const char *other) {
  while (*one && *one == *other) one++, other++;
  return *one == *other;
}

static int is_folder(const struct inode *inode) { return (inode->mode & S_IFMT) == S_IFDIR; }

/* From the root of what is mounted somewhere, ".." leads out of the folder it is mounted on. */
int path_step(struct inode *folder, const char *name, struct inode **found) {
  u32 number;
  if (text_is(name, "..")) {
    if (folder == root) return *found = inode_hold(folder), 0;
    if (folder->covers) folder = folder->covers;
  }
  if (!is_folder(folder)) return -ENOTDIR;
  if (text_is(name, ".")) return *found = inode_hold(folder), 0;
  int error = folder->filesystem->operations->lookup(folder, name, &number);
  if (error) return error;
  struct inode *inode = inode_get(folder->filesystem, number);
  if (!inode) return -ENFILE;
  if (inode->mounted) {
    struct inode *seen = inode_hold(inode->mounted);
    inode_drop(inode);
    inode = seen;
  }
  *found = inode;
  return 0;
}

struct walk {
  char *path, *at; /* a page, and how far we are in it */
  struct inode *here;
  u32 links;
};

/* Cuts the next name off; null at the end.  *last: nothing but slashes follow. */
static char *next_name(struct walk *walk, int *last) {
  while (*walk->at == '/') walk->at++;
  char *name = walk->at;
  if (!*name) return 0;
  while (*walk->at && *walk->at != '/') walk->at++;
  char *rest = walk->at;
  while (*rest == '/') rest++;
  *last = !*rest;
  if (*walk->at) *walk->at++ = 0;
  return name;
}

/* The link's text takes the place of its name, and what followed the name follows the text. */
static int follow(struct walk *walk, struct inode *link) {
  if (walk->links++ == LINKS_MOST) return -ELOOP;
  char text[PATH_BYTES];
  int length = inode_read(link, 0, text, sizeof text - 1);
  if (length <= 0) return length ? length : -ENOENT;
  text[length] = 0;
  u32 rest = text_length(walk->at) + 1;
  if (length + 1 + rest > PAGE_BYTES) return -ENAMETOOLONG;
  for (u32 i = rest; i-- > 0;) walk->path[PAGE_BYTES - rest + i] = walk->at[i]; /* out of the way first */
  memcpy(walk->path, text, length);
  walk->path[length] = '/';
  for (u32 i = 0; i < rest; i++) walk->path[length + 1 + i] = walk->path[PAGE_BYTES - rest + i];
  walk->at = walk->path;
  if (text[0] == '/') {
    inode_drop(walk->here);
    walk->here = inode_hold(root);
  }
  return 0;
}

/* With `parent` stops before the last name, and gives it back; otherwise goes all the way. */
static int walk_path(struct walk *walk, int follow_last, char *parent) {
  int last = 0;
  char *name;
  while ((name = next_name(walk, &last))) {
    if (parent && last) {
      u32 length = text_length(name);
      if (length >= PATH_BYTES) return -ENAMETOOLONG;
      memcpy(parent, name, length + 1);
      return is_folder(walk->here) ? 0 : -ENOTDIR;
    }
    struct inode *next;
    int error = path_step(walk->here, name, &next);
    if (error) return error;
    if ((next->mode & S_IFMT) == S_IFLNK && (!last || follow_last)) {
      error = follow(walk, next);
      inode_drop(next);
      if (error) return error;
      continue;
    }
    inode_drop(walk->here);
    walk->here = next;
  }
  return parent ? -EEXIST : 0;
}

static int find(struct inode *start, const char *path, int follow_last, char *parent, struct inode **found) {
  if (!*path) return -ENOENT;
  u32 length = text_length(path), page = frame_take();
  if (!page) return -ENOMEM;
  struct walk walk = {.path = virtual(page), .at = virtual(page), .here = inode_hold(*path == '/' ? root : start)};
  memcpy(walk.path, path, length + 1);
  int error = walk_path(&walk, follow_last, parent);
  if (!error && path[length - 1] == '/' && !parent && !is_folder(walk.here)) error = -ENOTDIR;
  if (error)
    inode_drop(walk.here);
  else
    *found = walk.here;
  frame_drop(page);
  return error;
}

int path_find_from(struct inode *start, const char *path, int flags, struct inode **found) {
  return find(start, path, flags & PATH_FOLLOW, 0, found);
}

int path_find(const char *path, int flags, struct inode **found) {
  return path_find_from(current->working, path, flags, found);
}

int path_parent(struct inode *start, const char *path, struct inode **folder, char *name) {
  return find(start, path, 1, name, folder);
}

int mount(const char *path, const struct filesystem *filesystem, u32 number) {
  struct inode *folder, *top = inode_get(filesystem, number);
  if (!top) return -EIO;
  int error = path_find_from(root, path, PATH_FOLLOW, &folder);
  if (error) return error;
  folder->mounted = top;
  top->covers = folder;
  return 0;
}

static int is_dots(const struct entry *entry) {
  return entry->name[0] == '.' && (entry->length == 1 || (entry->length == 2 && entry->name[1] == '.'));
}

/* The name of a folder in the one above it. */
static int name_in(struct inode *above, struct inode *folder, struct entry *entry) {
  u32 number = folder->covers ? folder->covers->number : folder->number;
  for (u32 position = 0; above->filesystem->operations->list(above, &position, entry) == 1;)
    if (entry->number == number && !is_dots(entry)) return 0;
  return -ENOENT;
}

/* Climbs to the root, writing names from the end of the buffer to its front. */
int path_of(struct inode *folder, char *to, u32 size) {
  u32 at = size - 1;
  to[at] = 0;
  inode_hold(folder);
  while (folder != root) {
    struct inode *above;
    struct entry entry;
    int error = path_step(folder, "..", &above);
    if (!error && (error = name_in(above, folder, &entry))) inode_drop(above);
    inode_drop(folder);
    if (error) return error;
    folder = above;
    if (entry.length + 1 > at) return inode_drop(folder), -ERANGE;
    at -= entry.length + 1;
    to[at] = '/';
    memcpy(to + at + 1, entry.name, entry.length);
  }
  inode_drop(folder);
  if (at == size - 1) to[--at] = '/';
  for (u32 i = at; i < size; i++) to[i - at] = to[i];
  return size - at;
}
