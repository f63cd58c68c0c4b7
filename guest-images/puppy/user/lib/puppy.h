/*
 * The library all of puppy's programs share: system calls by name, and the functions a C programmer expects.  What can
 * fail answers an errno negated, as the kernel does; there is no errno to look up afterwards.
 */
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef __SIZE_TYPE__ size_t;
typedef __builtin_va_list va_list;

#include "../../linux-numbers.h"

#define va_start __builtin_va_start
#define va_end __builtin_va_end
#define va_arg __builtin_va_arg
#define LENGTH(array) (sizeof(array) / sizeof(array)[0])
#define FORMAT(at) __attribute__((format(printf, at, at + 1)))

/* --- start.S: any system call; the answer is an errno negated if it is negative --- */
extern char **environ;
extern char **program_words; /* as main gets them */
int system_call(int number, ...);

/* --- errors.c --- */
const char *error_words(int error);  /* of an errno, negated or not */
const char *signal_words(int signal);

/* --- system-calls.c: processes --- */
#define SIG_DFL ((void (*)(int))0)
#define SIG_IGN ((void (*)(int))1)
void exit(int status) __attribute__((noreturn)); /* what was printed is written before */
int fork(void);                                  /* here as well */
int waitpid(int pid, int *status, int options);
int execve(const char *path, char *const *words, char *const *environment);
int getpid(void);
int kill(int pid, int signal);
int setpgid(int pid, int group);
int on_signal(int signal, void (*deed)(int)); /* calls that wait are not made again after it */
int yield(void);
int reboot(int how);

/* --- system-calls.c: files --- */
int read(int file, void *to, size_t length);
int write(int file, const void *from, size_t length);
int write_all(int file, const void *from, size_t length); /* 0 when everything is out */
int open(const char *path, int flags, int mode);
int close(int file);
int dup2(int file, int as);
int dup_above(int file, int lowest); /* closed by exec */
int pipe(int ends[2]);
int ioctl(int file, u32 request, void *argument);
int stat(const char *path, struct stat *to);
int lstat(const char *path, struct stat *to);
int readlink(const char *path, char *to, size_t length);
int unlink(const char *path);
int rename(const char *from, const char *to);
int mkdir(const char *path, int mode);
int rmdir(const char *path);
int chdir(const char *path);
int getcwd(char *to, size_t length);
int sync(void);

/* --- system-calls.c: memory, and what time it is --- */
char *set_brk(char *end);         /* answers where it is afterwards; 0 only asks */
void *map_zeroes(size_t length);  /* null if there is no room */
int unmap(void *at, size_t length);
int protect(void *at, size_t length, int rights);
struct system {
  u32 uptime, loads[3], total, unused, shared, buffers, swap, free_swap;
  u16 processes, pad;
  u32 high, free_high, unit, rest[2];
};
int sysinfo(struct system *to);
u64 now_ns(void);                 /* since the start */
u64 spent_ns(void);               /* by this process */
u64 spent_by_children_ns(void);   /* by those that were waited for */
u32 wall_seconds(void);           /* since 1970 */
int sleep_ns(u64 ns);

/* --- terminal.c --- */
enum { TIOCGPGRP = 0x540F, TIOCSPGRP = 0x5410 };
struct terminal_size { u16 rows, columns; };
int is_terminal(int file);
struct terminal_size terminal_size(void);
int terminal_raw(void);           /* a key at a time, nothing echoed; what was set is kept */
void terminal_as_before(void);
int wait_for_key(u32 ms);         /* whether there is one */

/* --- text.c --- */
size_t strlen(const char *text);
int strcmp(const char *one, const char *other);
int starts_with(const char *text, const char *start);
char *strchr(const char *text, int c);
char *strstr(const char *text, const char *what);
char *strcpy(char *to, const char *from);
void *memcpy(void *to, const void *from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
int memcmp(const void *one, const void *other, size_t length);
int is_digit(int c);
int is_space(int c);
int is_letter(int c);             /* the underscore is one as well */
int is_number(const char *text);  /* all of it, and a sign before it */
int parse_number(const char *text);
const char *last_part(const char *path);

/* --- print.c: %d %u %x %o %c %s %%, with -, 0, width, *, and ll --- */
int format_text(char *to, size_t size, const char *format, va_list arguments);
int snprintf(char *to, size_t size, const char *format, ...) FORMAT(3);
void printf(const char *format, ...) FORMAT(1); /* is written when there is much of it, and at exit */
void print_bytes(const void *from, size_t length);
int flush(void);
int complain(const char *format, ...) FORMAT(1); /* to descriptor 2, after the program's name; answers 1 */
int complain_of(const char *what, int error);    /* "name: what: no such file"; answers 1 */

/* --- memory.c: out of memory ends the program --- */
void *malloc(size_t size);
void *realloc(void *block, size_t size);
void free(void *block);
char *strdup(const char *text);

/* --- lines.c --- */
struct text { char *bytes; size_t length, room; }; /* grows; all zero is empty */
void text_add(struct text *text, const char *bytes, size_t length);
void text_add_char(struct text *text, char c);
char *text_end(struct text *text);                 /* with a zero behind it */
struct reader { int file; u32 at, filled; char buffer[4096]; };
int next_line(struct reader *reader, struct text *line); /* without its end; 0 when there are no more */
char *read_whole(const char *path);                /* null if it cannot be read */

/* --- folder.c --- */
struct entry { char *name; u32 type; }; /* type: the mode's upper four bits */
int list_folder(const char *path, struct entry **entries); /* sorted, without . and ..; how many */
void forget_entries(struct entry *entries, int count);
char *join_path(const char *folder, const char *name);     /* to be freed */
void sort(void *array, size_t count, size_t size, int (*order)(const void *, const void *));

/* --- processes.c --- */
struct process { int pid, parent, group; char state, name[20]; u32 ticks, started, size_kib, resident_kib; };
int list_processes(struct process *to, int most);

/* --- options.c --- */
int take_options(char ***words, const char *known); /* a bit for each letter of `known`; negative after a complaint */
int each_file(char **words, int (*deed)(int file, const char *name)); /* standard input without any; the worst answer */

int take_count(char ***words, int usual); /* -N or -n N, and only those */

/* --- copy.c: all answer 1 after a complaint --- */
int copy_file(const char *from, const char *to);
int each_to_last(char **words, int (*deed)(const char *from, const char *to));

/* --- pattern.c --- */
const char *find_pattern(const char *pattern, const char *text, const char **end); /* where it is found, or null */
int name_fits(const char *pattern, const char *name);

/* --- measure.c --- */
int operations_wanted(int argc, char **argv, int usual); /* the first number among the words */
void report(u32 operations, u64 ns, const char *of); /* the one line a measuring program prints */
