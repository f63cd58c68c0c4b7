/*
 * Open files and the descriptors that name them.  Two descriptors of one open file share its place, be it after dup or
 * after fork; that is why both exist.
 */
#include "processes.h"
#include "files.h"

enum { FILES = 1024 };

static struct file files[FILES];

struct file *file_open(struct inode *inode, u32 flags, const struct file_operations *operations) {
  for (u32 i = 0; i < FILES; i++) {
    if (files[i].count) continue;
    files[i] = (struct file){.count = 1, .flags = flags, .inode = inode, .operations = operations};
    return &files[i];
  }
  inode_drop(inode);
  return 0;
}

void file_hold(struct file *file) { file->count++; }

void file_let_go(struct file *file) {
  if (--file->count) return;
  if ((file->inode->mode & S_IFMT) == S_IFIFO) pipe_end_closed(file);
  inode_drop(file->inode);
}

struct file *file_at(u32 descriptor) { return descriptor < OPEN_FILES ? current->files[descriptor] : 0; }

int descriptor_for(struct file *file, u32 least, int close_on_exec) {
  for (u32 i = least; i < OPEN_FILES; i++) {
    if (current->files[i]) continue;
    current->files[i] = file;
    current->close_on_exec[i] = close_on_exec != 0;
    return i;
  }
  return -EMFILE;
}

int file_close(u32 descriptor) {
  struct file *file = file_at(descriptor);
  if (!file) return -EBADF;
  current->files[descriptor] = 0;
  file_let_go(file);
  return 0;
}

/* --- ordinary files and folders --- */

static int regular_read(struct file *file, void *to, u32 length, int more) {
  (void)more;
  if ((file->inode->mode & S_IFMT) == S_IFDIR) return -EISDIR;
  int got = inode_read(file->inode, file->position, to, length);
  if (got > 0) file->position += got;
  return got;
}

static int regular_write(struct file *file, const void *from, u32 length, int more) {
  (void)more;
  struct inode *inode = file->inode;
  if (!inode->filesystem->operations->write) return -EINVAL;
  if (file->flags & O_APPEND) file->position = inode->size;
  int put = inode->filesystem->operations->write(inode, file->position, from, length);
  if (put > 0) file->position += put;
  return put;
}

static u32 always_ready(struct file *file) {
  (void)file;
  return POLLIN | POLLOUT;
}

const struct file_operations regular_file = {.read = regular_read, .write = regular_write, .ready = always_ready};

/* --- opening --- */

static int create(struct inode *start, const char *path, u32 mode, struct inode **made) {
  struct inode *folder;
  char name[PATH_BYTES];
  u32 number;
  int error = path_parent(start, path, &folder, name);
  if (error) return error;
  const struct inode_operations *operations = folder->filesystem->operations;
  error = operations->create ? operations->create(folder, name, S_IFREG | (mode & 07777 & ~current->umask), 0, &number) : -EROFS;
  if (!error && !(*made = inode_get(folder->filesystem, number))) error = -ENFILE;
  inode_drop(folder);
  return error;
}

static int find_or_create(struct inode *start, const char *path, u32 flags, u32 mode, struct inode **found) {
  int follow = flags & O_NOFOLLOW || (flags & (O_CREAT | O_EXCL)) == (O_CREAT | O_EXCL) ? 0 : PATH_FOLLOW;
  int error = path_find_from(start, path, follow, found);
  if (error == -ENOENT && flags & O_CREAT) return create(start, path, mode, found);
  if (error || !(flags & O_CREAT && flags & O_EXCL)) return error;
  inode_drop(*found);
  return -EEXIST;
}

/* Whether a file of this kind may be opened so; truncates it if that was asked for. */
static int check_open(struct inode *inode, u32 flags) {
  u32 kind = inode->mode & S_IFMT;
  int writes = (flags & O_ACCMODE) != O_RDONLY;
  if (kind == S_IFLNK) return -ELOOP;
  if (kind == S_IFDIR && writes) return -EISDIR;
  if (kind != S_IFDIR && flags & O_DIRECTORY) return -ENOTDIR;
  if (kind != S_IFREG || !writes) return 0;
  /* Asking the file system to save what did not change: it knows whether it may be written to. */
  const struct inode_operations *operations = inode->filesystem->operations;
  int error = operations->save ? operations->save(inode) : 0;
  if (!error && flags & O_TRUNC && operations->truncate) error = operations->truncate(inode, 0);
  return error;
}

int open_path(struct inode *start, const char *path, u32 flags, u32 mode, struct file **opened) {
  struct inode *inode;
  int error = find_or_create(start, path, flags, mode, &inode);
  if (error) return error;
  u32 kind = inode->mode & S_IFMT;
  const struct file_operations *operations = kind == S_IFCHR || kind == S_IFBLK ? device_operations(inode) : &regular_file;
  error = operations ? check_open(inode, flags) : -ENODEV;
  if (error) return inode_drop(inode), error;
  *opened = file_open(inode, flags & ~(O_CREAT | O_EXCL | O_TRUNC | O_CLOEXEC), operations);
  return *opened ? 0 : -ENFILE;
}
