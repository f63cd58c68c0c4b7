/* System calls by name.  Numbers are Linux' for i386. */
#include "puppy.h"

enum {
  SYS_EXIT = 1, SYS_FORK = 2, SYS_READ = 3, SYS_WRITE = 4, SYS_OPEN = 5, SYS_CLOSE = 6, SYS_WAITPID = 7, SYS_UNLINK = 10,
  SYS_EXECVE = 11, SYS_CHDIR = 12, SYS_TIME = 13, SYS_GETPID = 20, SYS_SYNC = 36, SYS_KILL = 37, SYS_RENAME = 38,
  SYS_MKDIR = 39, SYS_RMDIR = 40, SYS_PIPE = 42, SYS_BRK = 45, SYS_IOCTL = 54, SYS_FCNTL = 55, SYS_SETPGID = 57,
  SYS_DUP2 = 63, SYS_READLINK = 85, SYS_REBOOT = 88, SYS_MUNMAP = 91, SYS_SYSINFO = 116, SYS_MPROTECT = 125,
  SYS_SCHED_YIELD = 158, SYS_NANOSLEEP = 162, SYS_RT_SIGACTION = 174, SYS_GETCWD = 183, SYS_MMAP2 = 192, SYS_STAT64 = 195,
  SYS_LSTAT64 = 196, SYS_GETRUSAGE = 77, SYS_CLOCK_GETTIME64 = 403,
};
enum { REBOOT_MAGIC = (int)0xfee1dead, REBOOT_MAGIC2 = 672274793, MAP_PRIVATE_ANONYMOUS = 34, ERROR_LAST = 4095 };
enum { CLOCK_MONOTONIC = 1, CLOCK_PROCESS = 2, SA_RESTORER = 0x04000000, OF_CHILDREN = -1, BILLION = 1000000000 };

void signal_return(void); /* start.S; not to be called */

/* --- processes --- */

void exit(int status) {
  flush();
  for (;;) system_call(SYS_EXIT, status);
}

int fork(void) {
  flush();
  return system_call(SYS_FORK);
}

int waitpid(int pid, int *status, int options) { return system_call(SYS_WAITPID, pid, status, options); }
int getpid(void) { return system_call(SYS_GETPID); }
int kill(int pid, int signal) { return system_call(SYS_KILL, pid, signal); }
int setpgid(int pid, int group) { return system_call(SYS_SETPGID, pid, group); }
int yield(void) { return system_call(SYS_SCHED_YIELD); }
int reboot(int how) { return system_call(SYS_REBOOT, REBOOT_MAGIC, REBOOT_MAGIC2, how, 0); }

int execve(const char *path, char *const *words, char *const *environment) {
  return system_call(SYS_EXECVE, path, words, environment);
}

/* Without a restorer the kernel puts one on the stack, and code that was just written is the slowest there is. */
int on_signal(int signal, void (*deed)(int)) {
  struct { void (*deed)(int); u32 flags; void (*restorer)(void); u64 mask; } action = {deed, SA_RESTORER, signal_return, 0};
  return system_call(SYS_RT_SIGACTION, signal, &action, 0, sizeof action.mask);
}

/* --- files --- */

int read(int file, void *to, size_t length) { return system_call(SYS_READ, file, to, length); }
int write(int file, const void *from, size_t length) { return system_call(SYS_WRITE, file, from, length); }
int open(const char *path, int flags, int mode) { return system_call(SYS_OPEN, path, flags, mode); }
int close(int file) { return system_call(SYS_CLOSE, file); }
int dup2(int file, int as) { return system_call(SYS_DUP2, file, as); }
int dup_above(int file, int lowest) { return system_call(SYS_FCNTL, file, F_DUPFD_CLOEXEC, lowest); }
int pipe(int ends[2]) { return system_call(SYS_PIPE, ends); }
int ioctl(int file, u32 request, void *argument) { return system_call(SYS_IOCTL, file, request, argument); }
int stat(const char *path, struct stat *to) { return system_call(SYS_STAT64, path, to); }
int lstat(const char *path, struct stat *to) { return system_call(SYS_LSTAT64, path, to); }
int readlink(const char *path, char *to, size_t length) { return system_call(SYS_READLINK, path, to, length); }
int unlink(const char *path) { return system_call(SYS_UNLINK, path); }
int rename(const char *from, const char *to) { return system_call(SYS_RENAME, from, to); }
int mkdir(const char *path, int mode) { return system_call(SYS_MKDIR, path, mode); }
int rmdir(const char *path) { return system_call(SYS_RMDIR, path); }
int chdir(const char *path) { return system_call(SYS_CHDIR, path); }
int getcwd(char *to, size_t length) { return system_call(SYS_GETCWD, to, length); }
int sync(void) { return system_call(SYS_SYNC); }

int write_all(int file, const void *from, size_t length) {
  for (const char *at = from; length;) {
    int done = write(file, at, length);
    if (done < 0) return done;
    at += done, length -= done;
  }
  return 0;
}

/* --- memory, and what time it is --- */

char *set_brk(char *end) { return (char *)system_call(SYS_BRK, end); }
int unmap(void *at, size_t length) { return system_call(SYS_MUNMAP, at, length); }
int protect(void *at, size_t length, int rights) { return system_call(SYS_MPROTECT, at, length, rights); }

void *map_zeroes(size_t length) {
  u32 at = system_call(SYS_MMAP2, 0, length, PROT_READ | PROT_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
  return at < (u32)-ERROR_LAST ? (void *)at : 0;
}

int sysinfo(struct system *to) { return system_call(SYS_SYSINFO, to); }

static u64 read_clock(int clock) {
  u64 answer[2] = {0, 0}; /* seconds, nanoseconds */
  system_call(SYS_CLOCK_GETTIME64, clock, answer);
  return answer[0] * BILLION + answer[1];
}

u64 now_ns(void) { return read_clock(CLOCK_MONOTONIC); }
u64 spent_ns(void) { return read_clock(CLOCK_PROCESS); }
u32 wall_seconds(void) { return system_call(SYS_TIME, 0); }

u64 spent_by_children_ns(void) {
  u32 answer[18] = {0}; /* seconds, microseconds, and what nobody counts here */
  system_call(SYS_GETRUSAGE, OF_CHILDREN, answer);
  return (u64)answer[0] * BILLION + answer[1] * 1000u;
}

int sleep_ns(u64 ns) {
  u32 span[2] = {(u32)(ns / BILLION), (u32)(ns % BILLION)};
  return system_call(SYS_NANOSLEEP, span, 0);
}
