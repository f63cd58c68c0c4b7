/*
 * System calls that ask about files and folders and change nothing.
 */
#include "calls.h"

enum { DIRENT_NAME = 19, OLD_DIRENT_NAME = 10, ENTRY_ALIGNMENT = 8 };

static int put_stat(const struct inode *inode, u32 at) {
  struct stat stat;
  fill_stat(inode, &stat);
  return copy_out(at, &stat, sizeof stat);
}

static int stat_at(u32 descriptor, u32 path, u32 at, int follow, int may_be_empty) {
  struct inode *start = start_of(descriptor), *inode;
  if (!start) return -EBADF;
  int error = path_argument(path, 0);
  if (error) return error;
  if (may_be_empty && !current->path[0][0]) return put_stat(start, at);
  error = path_find_from(start, current->path[0], follow ? PATH_FOLLOW : 0, &inode);
  if (error) return error;
  error = put_stat(inode, at);
  inode_drop(inode);
  return error;
}

CALL(sys_stat64) { return stat_at(AT_FDCWD, a, b, 1, 0); }
CALL(sys_lstat64) { return stat_at(AT_FDCWD, a, b, 0, 0); }
CALL(sys_fstatat64) { return stat_at(a, b, c, !(d & AT_SYMLINK_NOFOLLOW), d & AT_EMPTY_PATH); }

CALL(sys_fstat64) {
  struct file *file = file_at(a);
  return file ? put_stat(file->inode, b) : -EBADF;
}

/* Everybody is root here, so whatever is there may be used; a program must have been meant as one. */
static int access_at(u32 descriptor, u32 path, u32 wanted) {
  enum { EXECUTE = 1, ANY_EXECUTE = 0111 };
  struct inode *start = start_of(descriptor), *inode;
  if (!start) return -EBADF;
  int error = path_argument(path, 0);
  if (!error) error = path_find_from(start, current->path[0], PATH_FOLLOW, &inode);
  if (error) return error;
  int refused = wanted & EXECUTE && (inode->mode & S_IFMT) == S_IFREG && !(inode->mode & ANY_EXECUTE);
  inode_drop(inode);
  return refused ? -EPERM : 0;
}

CALL(sys_access) { return access_at(AT_FDCWD, a, b); }
CALL(sys_faccessat) { return access_at(a, b, c); }

static int read_link_at(u32 descriptor, u32 path, u32 to, u32 size) {
  struct inode *start = start_of(descriptor), *inode;
  if (!start) return -EBADF;
  int error = path_argument(path, 0);
  if (!error) error = path_find_from(start, current->path[0], 0, &inode);
  if (error) return error;
  int length = -EINVAL;
  if ((inode->mode & S_IFMT) == S_IFLNK) length = inode_read(inode, 0, current->path[1], size < PATH_BYTES ? size : PATH_BYTES);
  if (length > 0 && copy_out(to, current->path[1], length)) length = -EFAULT;
  inode_drop(inode);
  return length;
}

CALL(sys_readlink) { return read_link_at(AT_FDCWD, a, b, c); }
CALL(sys_readlinkat) { return read_link_at(a, b, c, d); }

/* The newer layout is {u64 inode, u64 next, u16 length, u8 type, name}, the older {u32, u32, u16, name …, type}. */
static u32 put_entry(char *record, const struct entry *entry, u32 next, int older) {
  u32 name_at = older ? OLD_DIRENT_NAME : DIRENT_NAME;
  u32 bytes = (name_at + entry->length + 2 + ENTRY_ALIGNMENT - 1) & -ENTRY_ALIGNMENT;
  memset(record, 0, bytes);
  *(u32 *)record = entry->number;
  *(u32 *)(record + (older ? 4 : 8)) = next;
  *(u16 *)(record + name_at - (older ? 2 : 3)) = bytes;
  record[older ? bytes - 1 : DIRENT_NAME - 1] = entry->type;
  memcpy(record + name_at, entry->name, entry->length);
  return bytes;
}

static int list(u32 descriptor, u32 to, u32 size, int older) {
  struct file *file = file_at(descriptor);
  if (!file) return -EBADF;
  if ((file->inode->mode & S_IFMT) != S_IFDIR) return -ENOTDIR;
  char record[DIRENT_NAME + PATH_BYTES + 2 * ENTRY_ALIGNMENT];
  struct entry entry;
  u32 done = 0, next = file->position;
  for (;;) {
    int found = file->inode->filesystem->operations->list(file->inode, &next, &entry);
    if (found <= 0) return found && !done ? found : (int)done;
    u32 bytes = put_entry(record, &entry, next, older);
    if (done + bytes > size) return done ? (int)done : -EINVAL;
    if (copy_out(to + done, record, bytes)) return -EFAULT;
    done += bytes;
    file->position = next;
  }
}

CALL(sys_getdents64) { return list(a, b, c, 0); }
CALL(sys_getdents) { return list(a, b, c, 1); }

CALL(sys_getcwd) {
  int length = path_of(current->working, current->path[0], PATH_BYTES);
  if (length < 0) return length;
  if ((u32)length > b) return -ERANGE;
  return copy_out(a, current->path[0], length) ? -EFAULT : length;
}

static int change_folder(struct inode *folder) {
  if ((folder->mode & S_IFMT) != S_IFDIR) return inode_drop(folder), -ENOTDIR;
  inode_drop(current->working);
  current->working = folder;
  return 0;
}

CALL(sys_chdir) {
  struct inode *folder;
  int error = path_argument(a, 0);
  if (!error) error = path_find(current->path[0], PATH_FOLLOW, &folder);
  return error ? error : change_folder(folder);
}

CALL(sys_fchdir) {
  struct file *file = file_at(a);
  return file ? change_folder(inode_hold(file->inode)) : -EBADF;
}

CALL(sys_umask) {
  u32 before = current->umask;
  current->umask = a & 0777;
  return before;
}

static int put_statfs(const struct filesystem *filesystem, u32 at) {
  struct {
    u32 type, block_bytes;
    u64 blocks, free_blocks, available, files, free_files;
    u32 id[2], name_length, fragment_bytes, flags, spare[4];
  } answer = {.type = filesystem->device, .block_bytes = filesystem->block_bytes ? filesystem->block_bytes : PAGE_BYTES};
  u32 counts[4] = {frames_total, frames_free, 0, 0};
  if (filesystem->count) filesystem->count(&counts[0], &counts[1], &counts[2], &counts[3]);
  answer.blocks = counts[0], answer.free_blocks = answer.available = counts[1];
  answer.files = counts[2], answer.free_files = counts[3];
  answer.name_length = PATH_BYTES - 1;
  answer.fragment_bytes = answer.block_bytes;
  return copy_out(at, &answer, sizeof answer);
}

CALL(sys_statfs64) {
  struct inode *inode;
  int error = path_argument(a, 0);
  if (!error) error = path_find(current->path[0], PATH_FOLLOW, &inode);
  if (error) return error;
  error = put_statfs(inode->filesystem, c);
  inode_drop(inode);
  return error;
}

CALL(sys_fstatfs64) {
  struct file *file = file_at(a);
  return file ? put_statfs(file->inode->filesystem, c) : -EBADF;
}

CALL(sys_sync) {
  ext2_sync();
  return 0;
}
