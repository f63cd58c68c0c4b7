/* What went wrong, in words. */
#include "puppy.h"

static const char *const errors[] = {
    [EPERM] = "not permitted", [ENOENT] = "no such file", [ESRCH] = "no such process", [EINTR] = "interrupted",
    [EIO] = "input or output error", [E2BIG] = "too many words", [ENOEXEC] = "not a program", [EBADF] = "not an open file",
    [ECHILD] = "no such child", [EAGAIN] = "not now; perhaps there are too many processes", [ENOMEM] = "out of memory",
    [EFAULT] = "bad address", [EBUSY] = "in use", [EEXIST] = "exists already", [EXDEV] = "on another file system",
    [ENODEV] = "no such device", [ENOTDIR] = "not a folder", [EISDIR] = "is a folder", [EINVAL] = "makes no sense",
    [ENFILE] = "too many files are open", [EMFILE] = "too many open files", [ENOTTY] = "not a terminal",
    [EFBIG] = "too big", [ENOSPC] = "no room left", [ESPIPE] = "has no places", [EROFS] = "may only be read",
    [EMLINK] = "too many links", [EPIPE] = "nobody reads it", [ERANGE] = "too long", [ENAMETOOLONG] = "name too long",
    [ENOSYS] = "the kernel cannot do that", [ENOTEMPTY] = "not empty", [ELOOP] = "links in a circle",
};

static const char *const signals[] = {
    [1] = "hung up", [SIGINT] = "interrupted", [SIGQUIT] = "quit", [4] = "illegal instruction", [5] = "trapped",
    [6] = "gave up", [7] = "bus error", [8] = "arithmetic error", [SIGKILL] = "killed", [SIGSEGV] = "segmentation fault",
    [SIGPIPE] = "wrote where nobody reads", [SIGALRM] = "alarmed", [SIGTERM] = "terminated",
};

const char *error_words(int error) {
  if (error < 0) error = -error;
  return error < (int)LENGTH(errors) && errors[error] ? errors[error] : "failed";
}

const char *signal_words(int signal) {
  return signal < (int)LENGTH(signals) && signals[signal] ? signals[signal] : "ended by a signal";
}
