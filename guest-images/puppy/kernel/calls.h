/*
 * The system calls, as C functions of up to six numbers: what a program left in ebx, ecx, edx, esi, edi and ebp.
 */
#pragma once
#include "files.h"
#include "processes.h"

#define UNUSED_TOO __attribute__((unused)) /* few calls want all six */
#define CALL(name)                                                                                           \
  int name(u32 a UNUSED_TOO, u32 b UNUSED_TOO, u32 c UNUSED_TOO, u32 d UNUSED_TOO, u32 e UNUSED_TOO, u32 f UNUSED_TOO)
typedef int system_call_function(u32 a, u32 b, u32 c, u32 d, u32 e, u32 f);

/* file-calls.c */
CALL(sys_read); CALL(sys_write); CALL(sys_readv); CALL(sys_writev); CALL(sys_open); CALL(sys_openat); CALL(sys_creat);
CALL(sys_close); CALL(sys_lseek); CALL(sys_llseek); CALL(sys_dup); CALL(sys_dup2); CALL(sys_dup3); CALL(sys_fcntl);
CALL(sys_ioctl); CALL(sys_pipe); CALL(sys_pipe2); CALL(sys_pread64); CALL(sys_pwrite64); CALL(sys_sendfile);
/* folder-calls.c */
CALL(sys_stat64); CALL(sys_lstat64); CALL(sys_fstat64); CALL(sys_fstatat64); CALL(sys_access); CALL(sys_faccessat);
CALL(sys_readlink); CALL(sys_readlinkat); CALL(sys_getdents64); CALL(sys_getdents); CALL(sys_getcwd); CALL(sys_chdir);
CALL(sys_fchdir); CALL(sys_umask); CALL(sys_statfs64); CALL(sys_fstatfs64); CALL(sys_sync);
/* name-calls.c */
CALL(sys_mkdir); CALL(sys_mkdirat); CALL(sys_rmdir); CALL(sys_unlink); CALL(sys_unlinkat); CALL(sys_link); CALL(sys_symlink);
CALL(sys_rename); CALL(sys_renameat); CALL(sys_mknod); CALL(sys_chmod); CALL(sys_fchmod); CALL(sys_nothing);
CALL(sys_truncate64); CALL(sys_ftruncate64); CALL(sys_truncate); CALL(sys_ftruncate); CALL(sys_utime); CALL(sys_utimensat);
CALL(sys_linkat); CALL(sys_symlinkat); CALL(sys_fchmodat);
/* memory-calls.c */
CALL(sys_brk); CALL(sys_mmap); CALL(sys_mmap2); CALL(sys_munmap); CALL(sys_mprotect);
/* life-calls.c */
CALL(sys_fork); CALL(sys_clone); CALL(sys_execve); CALL(sys_exit); CALL(sys_waitpid); CALL(sys_wait4); CALL(sys_getpid);
CALL(sys_getppid); CALL(sys_zero); CALL(sys_setpgid); CALL(sys_getpgid); CALL(sys_getpgrp); CALL(sys_setsid); CALL(sys_getsid);
CALL(sys_set_thread_area); CALL(sys_set_tid_address); CALL(sys_uname); CALL(sys_sysinfo); CALL(sys_syslog); CALL(sys_reboot);
CALL(sys_sched_yield); CALL(sys_getrlimit); CALL(sys_prlimit64); CALL(sys_getrandom); CALL(sys_times); CALL(sys_getrusage);
CALL(sys_getgroups);
/* signal-calls.c */
CALL(sys_kill); CALL(sys_tgkill); CALL(sys_rt_sigaction); CALL(sys_sigaction); CALL(sys_signal); CALL(sys_rt_sigprocmask);
CALL(sys_sigprocmask); CALL(sys_sigreturn); CALL(sys_rt_sigreturn); CALL(sys_rt_sigsuspend); CALL(sys_sigsuspend);
CALL(sys_rt_sigpending); CALL(sys_pause); CALL(sys_alarm); CALL(sys_setitimer);
/* time-calls.c */
CALL(sys_time); CALL(sys_gettimeofday); CALL(sys_clock_gettime); CALL(sys_clock_getres); CALL(sys_nanosleep);
CALL(sys_clock_nanosleep); CALL(sys_clock_gettime64);
/* poll.c */
CALL(sys_poll); CALL(sys_ppoll); CALL(sys_select); CALL(sys_pselect6);

/* Copies a path a program names into current->path[which]; 0 or an error. */
int path_argument(u32 from, u32 which);
/* Where a relative path of an …at call starts; null: no such descriptor. */
struct inode *start_of(u32 descriptor);
int file_transfer(struct file *file, u32 at, u32 length, int write);
int name_gone(struct inode *folder, const char *name, struct inode *inode, int wants_folder);
