/*
 * System calls about processes, and about the machine they are in.
 */
#include "calls.h"
#include "devices.h"

enum { NAME_FIELD_BYTES = 65, NAME_FIELDS = 6, LOG_READ_ALL = 3, LOG_SIZE = 10, CLOCK_TICKS = 100, LIMITS = 16 };
enum { LIMIT_STACK = 3, LIMIT_PROCESSES = 6, LIMIT_FILES = 7, LIMIT_NONE = ~0 };
enum { CLONE_PARENT_SETTID = 0x100000, CLONE_CHILD_CLEARTID = 0x200000, CLONE_CHILD_SETTID = 0x1000000, CLONE_THREAD = 0x10000 };
enum { FIRST_TLS = 6, TLS_LAST = 8, DESCRIPTOR_32BIT = 1, DESCRIPTOR_PAGES = 16, DESCRIPTOR_ABSENT = 32, DESCRIPTOR_USABLE = 64 };

CALL(sys_zero) { return 0; }
CALL(sys_fork) { return process_fork(0); }

/* As fork and vfork are made of it; a thread would want to share what we do not share. */
CALL(sys_clone) {
  if (a & CLONE_THREAD) return -EINVAL;
  int pid = process_fork(b);
  if (pid < 0) return pid;
  struct process *child = process_by_pid(pid);
  if (a & CLONE_PARENT_SETTID) copy_out(c, &pid, sizeof pid);
  if (a & CLONE_CHILD_CLEARTID) child->clear_child_tid = e;
  if (a & CLONE_CHILD_SETTID) child->set_child_tid = e;
  return pid;
}

CALL(sys_execve) {
  int error = path_argument(a, 0);
  if (!error) error = process_exec(current->path[0], b, c);
  return error;
}

CALL(sys_exit) {
  exit_with((a & 0xff) << 8);
}

CALL(sys_waitpid) { return wait_for(a, b, c); }

CALL(sys_wait4) {
  static const u32 nothing[18];
  int pid = wait_for(a, b, c);
  if (pid > 0 && d && copy_out(d, nothing, sizeof nothing)) return -EFAULT;
  return pid;
}

CALL(sys_getpid) { return current->pid; }
CALL(sys_getppid) { return current == init_process ? 0 : current->parent->pid; }

CALL(sys_setpgid) {
  struct process *process = a ? process_by_pid(a) : current;
  if (!process || (process != current && process->parent != current)) return -ESRCH;
  if ((int)b < 0) return -EINVAL;
  if (process->session != current->session || process->pid == process->session) return -EPERM;
  process->group = b ? b : process->pid;
  return 0;
}

CALL(sys_getpgid) {
  struct process *process = a ? process_by_pid(a) : current;
  return process ? (int)process->group : -ESRCH;
}

CALL(sys_getpgrp) { return current->group; }

CALL(sys_getsid) {
  struct process *process = a ? process_by_pid(a) : current;
  return process ? (int)process->session : -ESRCH;
}

CALL(sys_setsid) {
  if (current->group == current->pid && current != init_process) return -EPERM;
  return current->group = current->session = current->pid;
}

/* A segment of the program's own, for its thread-local data; Linux' user_desc in, a descriptor out (SDM 3A 3.4.5). */
CALL(sys_set_thread_area) {
  struct { u32 entry, base, limit, flags; } wanted;
  if (copy_in(&wanted, a, sizeof wanted)) return -EFAULT;
  u32 entry = wanted.entry;
  if (entry == ~0u)
    for (entry = FIRST_TLS; entry < TLS_LAST && current->tls[entry - FIRST_TLS][1];) entry++;
  if (entry < FIRST_TLS || entry > TLS_LAST) return -EINVAL;
  if (wanted.entry == ~0u && copy_out(a, &entry, sizeof entry)) return -EFAULT;
  u32 *descriptor = current->tls[entry - FIRST_TLS];
  descriptor[0] = wanted.base << 16 | (wanted.limit & 0xffff);
  descriptor[1] = (wanted.base & 0xff000000) | (wanted.base >> 16 & 0xff) | (wanted.limit & 0xf0000) | 0xF200 |
                  (wanted.flags & DESCRIPTOR_32BIT ? 1 << 22 : 0) | (wanted.flags & DESCRIPTOR_PAGES ? 1 << 23 : 0) |
                  (wanted.flags & DESCRIPTOR_USABLE ? 1 << 20 : 0);
  if (wanted.flags & DESCRIPTOR_ABSENT) descriptor[0] = descriptor[1] = 0;
  load_tls(current);
  return 0;
}

CALL(sys_set_tid_address) {
  current->clear_child_tid = a;
  return current->pid;
}

CALL(sys_uname) {
  static const char *const fields[NAME_FIELDS] = {"Puppy", "puppy", "3.0.0", "#1 lguest", "i686", "(none)"};
  char names[NAME_FIELDS * NAME_FIELD_BYTES] = {0};
  for (u32 i = 0; i < NAME_FIELDS; i++) memcpy(names + i * NAME_FIELD_BYTES, fields[i], text_length(fields[i]));
  return copy_out(a, names, sizeof names);
}

CALL(sys_sysinfo) {
  struct {
    u32 uptime, loads[3], total, unused, shared, buffers, swap, free_swap;
    u16 processes, pad;
    u32 high, free_high, unit, rest[2];
  } answer = {.uptime = (u32)(now_ns() / 1000000000), .total = frames_total, .unused = frames_free, .unit = PAGE_BYTES};
  answer.processes = processes_alive();
  return copy_out(a, &answer, sizeof answer);
}

CALL(sys_syslog) {
  if (a == LOG_READ_ALL) return messages_read(b, c);
  return a == LOG_SIZE ? (int)messages_bytes() : 0;
}

CALL(sys_reboot) {
  if (a != 0xfee1dead) return -EINVAL;
  if (c == (u32)REBOOT_POWER_OFF || c == (u32)REBOOT_HALT) end_guest(0);
  if (c == REBOOT_RESTART) end_guest(1);
  return c < 2 ? 0 : -EINVAL; /* 0: Ctrl-Alt-Del, which nobody can press */
}

CALL(sys_sched_yield) {
  must_reschedule = 1;
  return 0;
}

static u32 limit_of(u32 resource) {
  return resource == LIMIT_STACK ? STACK_LIMIT_BYTES : resource == LIMIT_PROCESSES ? (u32)PROCESSES
       : resource == LIMIT_FILES ? (u32)OPEN_FILES : (u32)LIMIT_NONE;
}

CALL(sys_getrlimit) {
  u32 limits[2] = {limit_of(a), limit_of(a)};
  return a < LIMITS ? copy_out(b, limits, sizeof limits) : -EINVAL;
}

CALL(sys_prlimit64) {
  u64 limit = limit_of(b) == (u32)LIMIT_NONE ? ~0ull : limit_of(b), limits[2] = {limit, limit};
  if (b >= LIMITS) return -EINVAL;
  return d ? copy_out(d, limits, sizeof limits) : 0;
}

/* Good for hash tables, and for nothing that must be secret. */
CALL(sys_getrandom) {
  static u32 state = 0x9E3779B9;
  for (u32 i = 0; i < b; i++) {
    state = (state ^ (u32)cycles()) * 1664525 + 1013904223;
    if (copy_out(a + i, (u8 *)&state + 3, 1)) return -EFAULT;
  }
  return b;
}

static u32 ticks(u64 count) { return (u32)(cycles_to_ns(count) / (1000000000 / CLOCK_TICKS)); }

CALL(sys_times) {
  u64 running = current->ran_for + cycles() - current->on_since;
  u32 answer[4] = {ticks(running), 0, ticks(current->children_ran_for), 0};
  if (a && copy_out(a, answer, sizeof answer)) return -EFAULT;
  return (u32)(now_ns() / (1000000000 / CLOCK_TICKS)) & 0x7fffffff;
}

CALL(sys_getrusage) {
  u32 answer[18] = {0};
  u64 ns = cycles_to_ns(a == 0 ? current->ran_for + cycles() - current->on_since : current->children_ran_for);
  answer[0] = (u32)(ns / 1000000000);
  answer[1] = (u32)(ns % 1000000000 / 1000);
  return copy_out(b, answer, sizeof answer);
}

CALL(sys_getgroups) { return 0; }
