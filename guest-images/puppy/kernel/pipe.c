/*
 * Pipes: a page between two processes.  Who finds it empty sleeps until somebody has written, who finds it full until
 * somebody has read, and when the other end is gone both are told.
 */
#include "processes.h"
#include "files.h"

enum { PIPE_BYTES = PAGE_BYTES - 32, PIPE_DEVICE = 2 };

struct pipe {
  u32 start, used, readers, writers;
  int frame; /* of this very page */
  char bytes[PIPE_BYTES];
};
_Static_assert(sizeof(struct pipe) <= PAGE_BYTES, "struct pipe");

static struct pipe *pipe_of(const struct file *file) { return file->inode->own; }

static int pipe_load(struct inode *inode) {
  u32 page = frame_take();
  if (!page) return -ENOMEM;
  struct pipe *pipe = virtual(page);
  pipe->start = pipe->used = 0;
  pipe->readers = pipe->writers = 1;
  pipe->frame = page;
  inode->own = pipe;
  inode->mode = S_IFIFO | 0600;
  inode->links = 1;
  inode->seconds = boot_seconds();
  return 0;
}

static void pipe_release(struct inode *inode) { frame_drop(((struct pipe *)inode->own)->frame); }

static const struct inode_operations operations = {.load = pipe_load, .release = pipe_release};
static const struct filesystem pipe_filesystem = {.type = "pipefs", .operations = &operations, .device = PIPE_DEVICE};

int pipe_open(struct file **reader, struct file **writer) {
  static u32 number;
  struct inode *inode = inode_get(&pipe_filesystem, ++number);
  if (!inode) return -ENFILE;
  *reader = file_open(inode_hold(inode), O_RDONLY, &pipe_reader);
  *writer = file_open(inode, O_WRONLY, &pipe_writer);
  if (*reader && *writer) return 0;
  if (*reader) file_let_go(*reader);
  if (*writer) file_let_go(*writer);
  return -ENFILE;
}

void pipe_end_closed(struct file *file) {
  struct pipe *pipe = pipe_of(file);
  if (file->operations == &pipe_reader)
    pipe->readers--;
  else
    pipe->writers--;
  announce(pipe);
}

/* Copies between the ring and a straight piece of memory, in at most two parts. */
static void take_out(struct pipe *pipe, char *to, u32 length) {
  u32 first = PIPE_BYTES - pipe->start < length ? PIPE_BYTES - pipe->start : length;
  memcpy(to, pipe->bytes + pipe->start, first);
  memcpy(to + first, pipe->bytes, length - first);
  pipe->start = (pipe->start + length) % PIPE_BYTES;
  pipe->used -= length;
}

static void put_in(struct pipe *pipe, const char *from, u32 length) {
  u32 end = (pipe->start + pipe->used) % PIPE_BYTES;
  u32 first = PIPE_BYTES - end < length ? PIPE_BYTES - end : length;
  memcpy(pipe->bytes + end, from, first);
  memcpy(pipe->bytes, from + first, length - first);
  pipe->used += length;
}

static int pipe_read(struct file *file, void *to, u32 length, int more) {
  struct pipe *pipe = pipe_of(file);
  while (!pipe->used) {
    if (!pipe->writers || more) return 0;
    if (file->flags & O_NONBLOCK) return -EAGAIN;
    int error = sleep_on(pipe);
    if (error) return error;
  }
  if (length > pipe->used) length = pipe->used;
  take_out(pipe, to, length);
  announce(pipe);
  return length;
}

static int pipe_write(struct file *file, const void *from, u32 length, int more) {
  struct pipe *pipe = pipe_of(file);
  u32 done = 0;
  while (done < length) {
    if (!pipe->readers) {
      signal_process(current, SIGPIPE);
      return done ? (int)done : -EPIPE;
    }
    u32 part = PIPE_BYTES - pipe->used < length - done ? PIPE_BYTES - pipe->used : length - done;
    if (part) {
      put_in(pipe, (const char *)from + done, part);
      done += part;
      announce(pipe);
      continue;
    }
    if (file->flags & O_NONBLOCK) return done || more ? (int)done : -EAGAIN;
    int error = sleep_on(pipe);
    if (error) return done || more ? (int)done : error;
  }
  return done;
}

static u32 reader_ready(struct file *file) {
  const struct pipe *pipe = pipe_of(file);
  return (pipe->used ? POLLIN : 0) | (pipe->writers ? 0 : POLLHUP);
}

static u32 writer_ready(struct file *file) {
  const struct pipe *pipe = pipe_of(file);
  return (pipe->used < PIPE_BYTES ? POLLOUT : 0) | (pipe->readers ? 0 : POLLERR);
}

const struct file_operations pipe_reader = {.read = pipe_read, .ready = reader_ready};
const struct file_operations pipe_writer = {.write = pipe_write, .ready = writer_ready};
