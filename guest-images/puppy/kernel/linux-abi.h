/*
 * Numbers and structures that programs for Linux on i386 were compiled with and only the kernel has to know.
 */
#pragma once
#include "lguest.h"
#include "../linux-numbers.h"

/* Ours alone: a signal came in between, and the call may be made again. */
enum { ERESTART = 512 };

/* --- signals --- */
enum { SIG_DFL = 0, SIG_IGN = 1, SIG_BLOCK = 0, SIG_UNBLOCK = 1, SIG_SETMASK = 2 };
#define SA_SIGINFO 4u
#define SA_RESTORER 0x04000000u
#define SA_RESTART 0x10000000u
#define SA_NODEFER 0x40000000u
#define SA_RESETHAND 0x80000000u

/* --- files --- */
enum { AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_REMOVEDIR = 0x200, AT_EMPTY_PATH = 0x1000 };
enum { SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2 };
enum { POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 16, POLLNVAL = 32 };

/* --- memory --- */
enum { MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_FIXED = 16, MAP_ANONYMOUS = 32 };

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
enum { WAIT_SIGNAL_MASK = 0x7f };
struct timespec32 { int seconds, nanoseconds; };
struct timeval32 { int seconds, microseconds; };
