/*
 * The library all of puppy's programs share: system calls by name and a few functions every C programmer expects.
 */
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef __SIZE_TYPE__ size_t;

extern char **environ;
int main(int argc, char **argv, char **environment);

/* --- start.S: any system call; the answer is an errno negated if it is negative --- */
int system_call(int number, ...);

/* --- system-calls.c --- */
enum { O_RDONLY = 0, O_WRONLY = 1, O_RDWR = 2, O_CREAT = 0100, O_EXCL = 0200, O_TRUNC = 01000, O_APPEND = 02000 };
enum { TIOCGPGRP = 0x540F, TIOCSPGRP = 0x5410, WNOHANG = 1 };
enum { REBOOT_POWER_OFF = 0x4321fedc, REBOOT_RESTART = 0x01234567 };
void exit(int status) __attribute__((noreturn));
int fork(void);
int read(int file, void *to, size_t length);
int write(int file, const void *from, size_t length);
int open(const char *path, int flags, int mode);
int close(int file);
int waitpid(int pid, int *status, int options);
int execve(const char *path, char *const *words, char *const *environment);
int getpid(void);
int kill(int pid, int signal);
int setpgid(int pid, int group);
int ioctl(int file, u32 request, void *argument);
int reboot(int how);

/* --- text.c --- */
size_t strlen(const char *text);
void *memcpy(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
