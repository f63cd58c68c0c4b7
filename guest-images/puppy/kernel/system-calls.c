/*
 * The table of system calls, by Linux' numbers for i386.  What is not here does not exist.
 */
#include "calls.h"

enum { CALLS = 420 };

static system_call_function *const calls[CALLS] = {
    [1] = sys_exit, [2] = sys_fork, [3] = sys_read, [4] = sys_write, [5] = sys_open, [6] = sys_close, [7] = sys_waitpid,
    [8] = sys_creat, [9] = sys_link, [10] = sys_unlink, [11] = sys_execve, [12] = sys_chdir, [13] = sys_time, [14] = sys_mknod,
    [15] = sys_chmod, [16] = sys_nothing /* lchown */, [19] = sys_lseek, [20] = sys_getpid, [23] = sys_nothing /* setuid */,
    [24] = sys_zero /* getuid */, [27] = sys_alarm, [29] = sys_pause, [30] = sys_utime, [33] = sys_access, [36] = sys_sync,
    [37] = sys_kill, [38] = sys_rename, [39] = sys_mkdir, [40] = sys_rmdir, [41] = sys_dup, [42] = sys_pipe, [43] = sys_times,
    [45] = sys_brk, [46] = sys_nothing /* setgid */, [47] = sys_zero /* getgid */, [48] = sys_signal,
    [49] = sys_zero /* geteuid */, [50] = sys_zero /* getegid */, [54] = sys_ioctl, [55] = sys_fcntl, [57] = sys_setpgid,
    [60] = sys_umask, [63] = sys_dup2, [64] = sys_getppid, [65] = sys_getpgrp, [66] = sys_setsid, [67] = sys_sigaction,
    [72] = sys_sigsuspend, [76] = sys_getrlimit, [77] = sys_getrusage, [78] = sys_gettimeofday, [80] = sys_getgroups,
    [82] = sys_select, [83] = sys_symlink, [85] = sys_readlink, [88] = sys_reboot, [90] = sys_mmap, [91] = sys_munmap,
    [92] = sys_truncate, [93] = sys_ftruncate, [94] = sys_fchmod, [95] = sys_nothing /* fchown */, [103] = sys_syslog,
    [104] = sys_setitimer, [114] = sys_wait4, [116] = sys_sysinfo, [118] = sys_sync /* fsync */, [119] = sys_sigreturn,
    [120] = sys_clone, [122] = sys_uname, [125] = sys_mprotect, [126] = sys_sigprocmask, [132] = sys_getpgid,
    [133] = sys_fchdir, [140] = sys_llseek, [141] = sys_getdents, [142] = sys_select, [143] = sys_nothing /* flock */,
    [145] = sys_readv, [146] = sys_writev, [147] = sys_getsid, [148] = sys_sync /* fdatasync */, [158] = sys_sched_yield,
    [162] = sys_nanosleep, [168] = sys_poll, [173] = sys_rt_sigreturn, [174] = sys_rt_sigaction, [175] = sys_rt_sigprocmask,
    [176] = sys_rt_sigpending, [179] = sys_rt_sigsuspend, [180] = sys_pread64, [181] = sys_pwrite64,
    [182] = sys_nothing /* chown */, [183] = sys_getcwd, [187] = sys_sendfile, [190] = sys_fork /* vfork */,
    [191] = sys_getrlimit, [192] = sys_mmap2, [193] = sys_truncate64, [194] = sys_ftruncate64, [195] = sys_stat64,
    [196] = sys_lstat64, [197] = sys_fstat64, [198] = sys_nothing /* lchown32 */, [199] = sys_zero /* getuid32 */,
    [200] = sys_zero /* getgid32 */, [201] = sys_zero /* geteuid32 */, [202] = sys_zero /* getegid32 */,
    [205] = sys_getgroups, [206] = sys_nothing /* setgroups32 */, [207] = sys_nothing /* fchown32 */,
    [208] = sys_nothing /* setresuid32 */, [210] = sys_nothing /* setresgid32 */, [212] = sys_nothing /* chown32 */,
    [213] = sys_nothing /* setuid32 */, [214] = sys_nothing /* setgid32 */, [219] = sys_nothing /* madvise */,
    [220] = sys_getdents64, [221] = sys_fcntl, [224] = sys_getpid /* gettid */, [238] = sys_kill /* tkill */,
    [239] = sys_sendfile, [243] = sys_set_thread_area, [252] = sys_exit /* exit_group */, [258] = sys_set_tid_address,
    [265] = sys_clock_gettime, [266] = sys_clock_getres, [267] = sys_clock_nanosleep, [268] = sys_statfs64,
    [269] = sys_fstatfs64, [270] = sys_tgkill, [295] = sys_openat, [296] = sys_mkdirat, [298] = sys_nothing /* fchownat */,
    [300] = sys_fstatat64, [301] = sys_unlinkat, [302] = sys_renameat, [303] = sys_linkat, [304] = sys_symlinkat,
    [305] = sys_readlinkat, [306] = sys_fchmodat, [307] = sys_faccessat, [308] = sys_pselect6, [309] = sys_ppoll,
    [320] = sys_utimensat, [330] = sys_dup3, [331] = sys_pipe2, [340] = sys_prlimit64, [353] = sys_renameat /* renameat2 */,
    [355] = sys_getrandom, [403] = sys_clock_gettime64,
};

void system_call(struct frame *frame) {
  u32 number = frame->eax;
  frame->error = number; /* a place nobody else needs, in case the call is to be made again */
  if (number >= CALLS || !calls[number]) {
    frame->eax = -ENOSYS;
    return;
  }
  frame->eax = calls[number](frame->ebx, frame->ecx, frame->edx, frame->esi, frame->edi, frame->ebp);
}

/* As if the program had not made it yet: back to its `int $0x80`, which is two bytes long. */
void restart_system_call(struct frame *frame) {
  frame->eax = frame->error;
  frame->eip -= 2;
}
