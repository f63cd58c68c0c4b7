/*
 * System calls that give files names, take them away, and change what is known of a file without writing to it.
 */
#include "calls.h"

enum { TIMES_NOW = 0x3fffffff };

/* The folder and last name of a path argument; the name ends up in current->path[1]. */
static int parent_of(u32 descriptor, u32 path, struct inode **folder) {
  struct inode *start = start_of(descriptor);
  if (!start) return -EBADF;
  int error = path_argument(path, 0);
  return error ? error : path_parent(start, current->path[0], folder, current->path[1]);
}

static int make(u32 descriptor, u32 path, u32 mode, u32 device, struct inode **made) {
  struct inode *folder, *existing;
  u32 number;
  int error = parent_of(descriptor, path, &folder);
  if (error) return error;
  const char *name = current->path[1];
  const struct inode_operations *operations = folder->filesystem->operations;
  if (!path_step(folder, name, &existing)) {
    inode_drop(existing);
    error = -EEXIST;
  } else {
    error = operations->create ? operations->create(folder, name, mode, device, &number) : -EROFS;
  }
  if (!error && made && !(*made = inode_get(folder->filesystem, number))) error = -ENFILE;
  inode_drop(folder);
  return error;
}

CALL(sys_mkdir) { return make(AT_FDCWD, a, S_IFDIR | (b & 07777 & ~current->umask), 0, 0); }
CALL(sys_mkdirat) { return make(a, b, S_IFDIR | (c & 07777 & ~current->umask), 0, 0); }

CALL(sys_mknod) {
  u32 kind = b & S_IFMT ? b & S_IFMT : (u32)S_IFREG;
  if (kind != S_IFREG && kind != S_IFCHR && kind != S_IFBLK && kind != S_IFIFO) return -EINVAL;
  u32 device = kind == S_IFCHR || kind == S_IFBLK ? c : 0;
  return make(AT_FDCWD, a, kind | (b & 07777 & ~current->umask), device, 0);
}

static int folder_is_empty(struct inode *folder) {
  struct entry entry;
  u32 entries = 0, position = 0;
  while (entries < 3 && folder->filesystem->operations->list(folder, &position, &entry) == 1) entries++;
  return entries <= 2;
}

int name_gone(struct inode *folder, const char *name, struct inode *inode, int wants_folder) {
  int is_folder = (inode->mode & S_IFMT) == S_IFDIR;
  if (is_folder != wants_folder) return is_folder ? -EISDIR : -ENOTDIR;
  if (inode->covers || inode == root || inode->mounted) return -EBUSY;
  if (is_folder && !folder_is_empty(inode)) return -ENOTEMPTY;
  const struct inode_operations *operations = folder->filesystem->operations;
  return operations->unlink ? operations->unlink(folder, name, inode) : -EROFS;
}

static int take_name_away(u32 descriptor, u32 path, int wants_folder) {
  struct inode *folder, *inode;
  int error = parent_of(descriptor, path, &folder);
  if (error) return error == -EEXIST ? -EBUSY : error;
  const char *name = current->path[1];
  int dots = name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
  error = dots ? -EINVAL : path_step(folder, name, &inode);
  if (!error) {
    error = name_gone(folder, name, inode, wants_folder);
    inode_drop(inode);
  }
  inode_drop(folder);
  return error;
}

CALL(sys_rmdir) { return take_name_away(AT_FDCWD, a, 1); }
CALL(sys_unlink) { return take_name_away(AT_FDCWD, a, 0); }
CALL(sys_unlinkat) { return take_name_away(a, b, (c & AT_REMOVEDIR) != 0); }

static int link_at(u32 old_start, u32 old_path, u32 new_start, u32 new_path) {
  struct inode *start = start_of(old_start), *inode, *folder, *existing;
  if (!start) return -EBADF;
  int error = path_argument(old_path, 0);
  if (!error) error = path_find_from(start, current->path[0], 0, &inode);
  if (error) return error;
  error = parent_of(new_start, new_path, &folder);
  if (error) return inode_drop(inode), error;
  const struct inode_operations *operations = folder->filesystem->operations;
  if (!path_step(folder, current->path[1], &existing))
    inode_drop(existing), error = -EEXIST;
  else if (folder->filesystem != inode->filesystem)
    error = -EXDEV;
  else if ((inode->mode & S_IFMT) == S_IFDIR || !operations->link)
    error = -EPERM;
  else
    error = operations->link(folder, current->path[1], inode);
  inode_drop(folder), inode_drop(inode);
  return error;
}

CALL(sys_link) { return link_at(AT_FDCWD, a, AT_FDCWD, b); }
CALL(sys_linkat) { return link_at(a, b, c, d); }

/* A symbolic link is a file of its own kind whose contents are a path. */
static int symlink_at(u32 text, u32 descriptor, u32 path) {
  struct inode *made;
  char target[PATH_BYTES];
  int length = copy_text_in(target, text, sizeof target);
  if (length < 0) return length;
  if (!length) return -ENOENT;
  int error = make(descriptor, path, S_IFLNK | 0777, 0, &made);
  if (error) return error;
  int written = made->filesystem->operations->write(made, 0, target, length);
  if (written != length) take_name_away(descriptor, path, 0);
  inode_drop(made);
  return written == length ? 0 : written < 0 ? written : -ENOSPC;
}

CALL(sys_symlink) { return symlink_at(a, AT_FDCWD, b); }
CALL(sys_symlinkat) { return symlink_at(a, b, c); }

/* Whether a folder lies in another: a folder cannot move into itself. */
static int lies_within(struct inode *folder, const struct inode *above) {
  int within = 0;
  inode_hold(folder);
  for (struct inode *next; !(within = folder == above) && folder != root; folder = next) {
    if (path_step(folder, "..", &next)) break;
    inode_drop(folder);
  }
  inode_drop(folder);
  return within;
}

static int rename_inode(struct inode *folder, const char *name, struct inode *to, const char *to_name, struct inode *inode) {
  struct inode *existing;
  int is_folder = (inode->mode & S_IFMT) == S_IFDIR;
  if (folder->filesystem != to->filesystem) return -EXDEV;
  if (!folder->filesystem->operations->rename) return -EROFS;
  if (inode->covers || inode->mounted) return -EBUSY;
  if (is_folder && lies_within(to, inode)) return -EINVAL;
  if (!path_step(to, to_name, &existing)) {
    int error = existing == inode ? 1 : name_gone(to, to_name, existing, is_folder);
    inode_drop(existing);
    if (error) return error == 1 ? 0 : error;
  }
  return folder->filesystem->operations->rename(folder, name, to, to_name, inode);
}

static int rename_at(u32 start, u32 path, u32 to_start, u32 to_path) {
  struct inode *folder, *to, *inode;
  char name[PATH_BYTES];
  int error = parent_of(start, path, &folder);
  if (error) return error == -EEXIST ? -EBUSY : error;
  memcpy(name, current->path[1], PATH_BYTES);
  error = parent_of(to_start, to_path, &to);
  if (error) return inode_drop(folder), error == -EEXIST ? -EBUSY : error;
  error = path_step(folder, name, &inode);
  if (!error) {
    error = rename_inode(folder, name, to, current->path[1], inode);
    inode_drop(inode);
  }
  inode_drop(folder), inode_drop(to);
  return error;
}

CALL(sys_rename) { return rename_at(AT_FDCWD, a, AT_FDCWD, b); }
CALL(sys_renameat) { return e ? -EINVAL : rename_at(a, b, c, d); }

/* --- what is known of a file --- */

static int save(struct inode *inode) {
  int (*operation)(struct inode *) = inode->filesystem->operations->save;
  return operation ? operation(inode) : -EROFS;
}

static int change_mode(struct inode *inode, u32 mode) {
  u32 before = inode->mode;
  inode->mode = (inode->mode & S_IFMT) | (mode & 07777);
  int error = save(inode);
  if (error) inode->mode = before;
  return error;
}

static int cut(struct inode *inode, u32 size) {
  int (*truncate)(struct inode *, u32) = inode->filesystem->operations->truncate;
  if ((inode->mode & S_IFMT) != S_IFREG) return -EINVAL;
  return truncate ? truncate(inode, size) : -EROFS;
}

/* Does something to the file a path names. */
static int with_path(u32 descriptor, u32 path, int (*deed)(struct inode *, u32), u32 argument) {
  struct inode *start = start_of(descriptor), *inode;
  if (!start) return -EBADF;
  int error = path_argument(path, 0);
  if (!error) error = path_find_from(start, current->path[0], PATH_FOLLOW, &inode);
  if (error) return error;
  error = deed(inode, argument);
  inode_drop(inode);
  return error;
}

static int with_file(u32 descriptor, int (*deed)(struct inode *, u32), u32 argument) {
  struct file *file = file_at(descriptor);
  return file ? deed(file->inode, argument) : -EBADF;
}

static int set_date(struct inode *inode, u32 seconds) {
  inode->seconds = seconds;
  return save(inode);
}

static u32 seconds_now(void) { return boot_seconds() + (u32)(now_ns() / 1000000000); }

CALL(sys_chmod) { return with_path(AT_FDCWD, a, change_mode, b); }
CALL(sys_fchmodat) { return with_path(a, b, change_mode, c); }
CALL(sys_fchmod) { return with_file(a, change_mode, b); }
CALL(sys_truncate) { return with_path(AT_FDCWD, a, cut, b); }
CALL(sys_truncate64) { return c ? -EFBIG : with_path(AT_FDCWD, a, cut, b); }
CALL(sys_ftruncate) { return with_file(a, cut, b); }
CALL(sys_ftruncate64) { return c ? -EFBIG : with_file(a, cut, b); }

CALL(sys_utime) {
  u32 times[2] = {0, seconds_now()};
  if (b && copy_in(times, b, sizeof times)) return -EFAULT;
  return with_path(AT_FDCWD, a, set_date, times[1]);
}

CALL(sys_utimensat) {
  struct timespec32 times[2] = {{0, 0}, {seconds_now(), 0}};
  if (c && copy_in(times, c, sizeof times)) return -EFAULT;
  if (times[1].nanoseconds == TIMES_NOW) times[1].seconds = seconds_now();
  return b ? with_path(a, b, set_date, times[1].seconds) : with_file(a, set_date, times[1].seconds);
}

/* Owners, locks and the like: granted, for there is only one user. */
CALL(sys_nothing) { return 0; }
