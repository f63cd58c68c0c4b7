/*
 * Numbers and structures that programs for Linux on i386 were compiled with.  Facts, collected; nothing here does anything.
 */
#pragma once
#include "lguest.h"

/* --- errors: a system call answers one of them negated --- */
enum {
  EPERM = 1, ENOENT = 2, ESRCH = 3, EINTR = 4, EIO = 5, E2BIG = 7, ENOEXEC = 8, EBADF = 9, ECHILD = 10, EAGAIN = 11,
  ENOMEM = 12, EFAULT = 14, EBUSY = 16, EEXIST = 17, EXDEV = 18, ENODEV = 19, ENOTDIR = 20, EISDIR = 21, EINVAL = 22,
  ENFILE = 23, EMFILE = 24, ENOTTY = 25, EFBIG = 27, ENOSPC = 28, ESPIPE = 29, EROFS = 30, EMLINK = 31, EPIPE = 32,
  ERANGE = 34, ENAMETOOLONG = 36, ENOSYS = 38, ENOTEMPTY = 39, ELOOP = 40,
  ERESTART = 512, /* ours alone: a signal came in between, and the call may be made again */
};

/* --- signals --- */
enum {
  SIGHUP = 1, SIGINT = 2, SIGQUIT = 3, SIGILL = 4, SIGTRAP = 5, SIGABRT = 6, SIGBUS = 7, SIGFPE = 8, SIGKILL = 9,
  SIGUSR1 = 10, SIGSEGV = 11, SIGUSR2 = 12, SIGPIPE = 13, SIGALRM = 14, SIGTERM = 15, SIGCHLD = 17, SIGCONT = 18,
  SIGSTOP = 19, SIGTSTP = 20, SIGTTIN = 21, SIGTTOU = 22, SIGURG = 23, SIGWINCH = 28, SIGNALS = 32,
};
enum { SIG_DFL = 0, SIG_IGN = 1, SIG_BLOCK = 0, SIG_UNBLOCK = 1, SIG_SETMASK = 2 };
#define SA_SIGINFO 4u
#define SA_RESTORER 0x04000000u
#define SA_RESTART 0x10000000u
#define SA_NODEFER 0x40000000u
#define SA_RESETHAND 0x80000000u

/* --- files --- */
enum {
  S_IFMT = 0170000, S_IFIFO = 0010000, S_IFCHR = 0020000, S_IFDIR = 0040000, S_IFBLK = 0060000, S_IFREG = 0100000,
  S_IFLNK = 0120000,
};
enum {
  O_ACCMODE = 3, O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0100, O_EXCL = 0200, O_TRUNC = 01000, O_APPEND = 02000,
  O_NONBLOCK = 04000, O_DIRECTORY = 0200000, O_NOFOLLOW = 0400000, O_CLOEXEC = 02000000,
};
enum { AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_REMOVEDIR = 0x200, AT_EMPTY_PATH = 0x1000 };
enum { F_DUPFD = 0, F_GETFD = 1, F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, F_DUPFD_CLOEXEC = 1030, FD_CLOEXEC = 1 };
enum { SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2 };
enum { POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16, POLLNVAL = 32 };

struct stat64 {
  u64 dev;
  u32 pad0, ino32;
  u32 mode, nlink, uid, gid;
  u64 rdev;
  u32 pad1;
  u64 size;
  u32 blksize;
  u64 blocks;
  u32 atime, atime_ns, mtime, mtime_ns, ctime, ctime_ns;
  u64 ino;
};
_Static_assert(sizeof(struct stat64) == 96, "struct stat64");

/* --- memory --- */
enum { PROT_READ = 1, PROT_WRITE = 2, PROT_EXEC = 4, MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_FIXED = 16, MAP_ANONYMOUS = 32 };

/* --- ELF (System V ABI, i386 supplement) --- */
struct elf_header {
  u8 ident[16];
  u16 type, machine;
  u32 version, entry, program_headers, section_headers, flags;
  u16 header_bytes, program_header_bytes, program_header_count;
  u16 rest[3];
};
struct elf_segment {
  u32 type, offset, address, physical, file_bytes, memory_bytes, flags, align;
};
enum { ET_EXEC = 2, EM_386 = 3, PT_LOAD = 1, PT_INTERP = 3, PF_X = 1, PF_W = 2 };
enum {
  AT_NULL = 0, AT_PHDR = 3, AT_PHENT = 4, AT_PHNUM = 5, AT_PAGESZ = 6, AT_BASE = 7, AT_ENTRY = 9, AT_UID = 11, AT_EUID = 12,
  AT_GID = 13, AT_EGID = 14, AT_CLKTCK = 17, AT_SECURE = 23, AT_RANDOM = 25,
};

/* --- the rest --- */
enum { WNOHANG = 1, WAIT_SIGNAL_MASK = 0x7f };
enum { REBOOT_POWER_OFF = 0x4321fedc, REBOOT_RESTART = 0x01234567, REBOOT_HALT = (int)0xcdef0123 };
struct timespec32 { int seconds, nanoseconds; };
struct timeval32 { int seconds, microseconds; };
