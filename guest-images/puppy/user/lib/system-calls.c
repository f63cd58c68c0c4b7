/* System calls by name.  Numbers are Linux' for i386. */
#include "puppy.h"

enum {
  SYS_EXIT = 1, SYS_FORK = 2, SYS_READ = 3, SYS_WRITE = 4, SYS_OPEN = 5, SYS_CLOSE = 6, SYS_WAITPID = 7, SYS_EXECVE = 11,
  SYS_GETPID = 20, SYS_KILL = 37, SYS_IOCTL = 54, SYS_SETPGID = 57, SYS_REBOOT = 88,
};
enum { REBOOT_MAGIC = (int)0xfee1dead, REBOOT_MAGIC2 = 672274793 };

void exit(int status) {
  for (;;) system_call(SYS_EXIT, status);
}

int fork(void) { return system_call(SYS_FORK); }
int read(int file, void *to, size_t length) { return system_call(SYS_READ, file, to, length); }
int write(int file, const void *from, size_t length) { return system_call(SYS_WRITE, file, from, length); }
int open(const char *path, int flags, int mode) { return system_call(SYS_OPEN, path, flags, mode); }
int close(int file) { return system_call(SYS_CLOSE, file); }
int waitpid(int pid, int *status, int options) { return system_call(SYS_WAITPID, pid, status, options); }
int getpid(void) { return system_call(SYS_GETPID); }
int kill(int pid, int signal) { return system_call(SYS_KILL, pid, signal); }
int setpgid(int pid, int group) { return system_call(SYS_SETPGID, pid, group); }
int ioctl(int file, u32 request, void *argument) { return system_call(SYS_IOCTL, file, request, argument); }
int reboot(int how) { return system_call(SYS_REBOOT, REBOOT_MAGIC, REBOOT_MAGIC2, how, 0); }

int execve(const char *path, char *const *words, char *const *environment) {
  return system_call(SYS_EXECVE, path, words, environment);
}
