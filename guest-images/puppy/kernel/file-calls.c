/*
 * System calls on open files: reading and writing in pieces of a page, places, and descriptors.
 */
#include "calls.h"
#include "devices.h"

enum { TRANSFER_MOST = 0x7ffff000, VECTORS_MOST = 1024 };

int path_argument(u32 from, u32 which) {
  int length = copy_text_in(current->path[which], from, PATH_BYTES);
  return length < 0 ? length : 0;
}

struct inode *start_of(u32 descriptor) {
  if ((int)descriptor == AT_FDCWD) return current->working;
  struct file *file = file_at(descriptor);
  return file ? file->inode : 0;
}

/* A page of the program's at a time, where that page is; ends with the first piece that came out short. */
int file_transfer(struct file *file, u32 at, u32 length, int write) {
  u32 done = 0;
  if (length > TRANSFER_MOST) length = TRANSFER_MOST;
  file_hold(file); /* it may be closed while we wait, by a handler */
  while (done < length) {
    void *there;
    u32 part = user_span(at + done, length - done, !write, &there);
    int moved = -EFAULT;
    if (part) moved = write ? file->operations->write(file, there, part, done != 0) : file->operations->read(file, there, part, done != 0);
    if (moved < 0 && !done) done = moved;
    if (moved < (int)part || !part) {
      if (moved > 0) done += moved;
      break;
    }
    done += moved;
  }
  file_let_go(file);
  return done;
}

static struct file *open_for(u32 descriptor, int write) {
  struct file *file = file_at(descriptor);
  if (!file) return 0;
  u32 mode = file->flags & O_ACCMODE;
  if (write ? mode == O_RDONLY || !file->operations->write : mode == O_WRONLY || !file->operations->read) return 0;
  return file;
}

CALL(sys_read) {
  struct file *file = open_for(a, 0);
  return file ? file_transfer(file, b, c, 0) : -EBADF;
}

CALL(sys_write) {
  struct file *file = open_for(a, 1);
  return file ? file_transfer(file, b, c, 1) : -EBADF;
}

static int transfer_vectors(u32 descriptor, u32 vectors, u32 count, int write) {
  struct file *file = open_for(descriptor, write);
  if (!file) return -EBADF;
  int done = 0;
  for (u32 i = 0; i < count && i < VECTORS_MOST; i++) {
    u32 vector[2];
    if (copy_in(vector, vectors + i * sizeof vector, sizeof vector)) return done ? done : -EFAULT;
    if (!vector[1]) continue;
    int moved = file_transfer(file, vector[0], vector[1], write);
    if (moved < 0) return done ? done : moved;
    done += moved;
    if (moved < (int)vector[1]) break;
  }
  return done;
}

CALL(sys_readv) { return transfer_vectors(a, b, c, 0); }
CALL(sys_writev) { return transfer_vectors(a, b, c, 1); }

static int transfer_at(u32 descriptor, u32 at, u32 length, u32 offset, int write) {
  struct file *file = open_for(descriptor, write);
  if (!file) return -EBADF;
  if ((file->inode->mode & S_IFMT) == S_IFIFO) return -ESPIPE;
  u32 place = file->position;
  file->position = offset;
  int moved = file_transfer(file, at, length, write);
  file->position = place;
  return moved;
}

CALL(sys_pread64) { return e ? -EINVAL : transfer_at(a, b, c, d, 0); }
CALL(sys_pwrite64) { return e ? -EFBIG : transfer_at(a, b, c, d, 1); }

/* Programs that get this answer copy by hand. */
CALL(sys_sendfile) { return -EINVAL; }

static int open_at(u32 descriptor, u32 path, u32 flags, u32 mode) {
  struct inode *start = start_of(descriptor);
  struct file *file;
  if (!start) return -EBADF;
  int error = path_argument(path, 0);
  if (!error) error = open_path(start, current->path[0], flags, mode, &file);
  if (error) return error;
  int opened = descriptor_for(file, 0, flags & O_CLOEXEC);
  if (opened < 0) file_let_go(file);
  return opened;
}

CALL(sys_open) { return open_at(AT_FDCWD, a, b, c); }
CALL(sys_openat) { return open_at(a, b, c, d); }
CALL(sys_creat) { return open_at(AT_FDCWD, a, O_CREAT | O_WRONLY | O_TRUNC, b); }
CALL(sys_close) { return file_close(a); }

static int seek(u32 descriptor, int offset, u32 whence) {
  struct file *file = file_at(descriptor);
  if (!file) return -EBADF;
  if ((file->inode->mode & S_IFMT) == S_IFIFO || file->operations == &terminal_operations) return -ESPIPE;
  u32 base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? file->position : file->inode->size;
  if (whence > SEEK_END || (int)(base + offset) < 0) return -EINVAL;
  return file->position = base + offset;
}

CALL(sys_lseek) { return seek(a, b, c); }

CALL(sys_llseek) {
  if (b != 0 && b != ~0u) return -EINVAL; /* no file is that large */
  int place = seek(a, c, e);
  if (place < 0) return place;
  u64 answer = (u32)place;
  return copy_out(d, &answer, sizeof answer);
}

static int duplicate(u32 descriptor, u32 least, int close_on_exec) {
  struct file *file = file_at(descriptor);
  if (!file) return -EBADF;
  int copy = descriptor_for(file, least, close_on_exec);
  if (copy >= 0) file_hold(file);
  return copy;
}

CALL(sys_dup) { return duplicate(a, 0, 0); }

CALL(sys_dup2) {
  if (!file_at(a) || b >= OPEN_FILES) return -EBADF;
  if (a == b) return b;
  file_close(b);
  return duplicate(a, b, 0);
}

CALL(sys_dup3) {
  if (a == b) return -EINVAL;
  int copy = sys_dup2(a, b, c, d, e, f);
  if (copy >= 0) current->close_on_exec[copy] = (c & O_CLOEXEC) != 0;
  return copy;
}

CALL(sys_fcntl) {
  struct file *file = file_at(a);
  if (!file) return -EBADF;
  switch (b) {
    case F_DUPFD: return duplicate(a, c, 0);
    case F_DUPFD_CLOEXEC: return duplicate(a, c, 1);
    case F_GETFD: return current->close_on_exec[a];
    case F_SETFD: return current->close_on_exec[a] = c & FD_CLOEXEC, 0;
    case F_GETFL: return file->flags;
    case F_SETFL: return file->flags = (file->flags & ~(O_APPEND | O_NONBLOCK)) | (c & (O_APPEND | O_NONBLOCK)), 0;
    default: return -EINVAL;
  }
}

CALL(sys_ioctl) {
  struct file *file = file_at(a);
  if (!file) return -EBADF;
  return file->operations->control ? file->operations->control(file, b, c) : -ENOTTY;
}

static int make_pipe(u32 descriptors_at, u32 flags) {
  struct file *ends[2];
  int descriptors[2], error = pipe_open(&ends[0], &ends[1]);
  if (error) return error;
  for (u32 i = 0; i < 2; i++) {
    ends[i]->flags |= flags & O_NONBLOCK;
    descriptors[i] = descriptor_for(ends[i], 0, flags & O_CLOEXEC);
    if (descriptors[i] < 0) file_let_go(ends[i]);
  }
  if (descriptors[0] >= 0 && descriptors[1] >= 0 && !copy_out(descriptors_at, descriptors, sizeof descriptors)) return 0;
  error = descriptors[0] < 0 || descriptors[1] < 0 ? -EMFILE : -EFAULT;
  for (u32 i = 0; i < 2; i++) file_close(descriptors[i]);
  return error;
}

CALL(sys_pipe) { return make_pipe(a, 0); }
CALL(sys_pipe2) { return make_pipe(a, b); }
