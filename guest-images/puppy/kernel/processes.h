/*
 * A process: what is known of a program while it runs, and what is left of it until its parent has asked.
 */
#pragma once
#include "linux-abi.h"
#include "memory.h"

enum { PROCESSES = 256, OPEN_FILES = 64, NAME_BYTES = 16, PATH_BYTES = 256, FLOATING_POINT_BYTES = 108, TLS_ENTRIES = 3 };
enum state { RUNNABLE, SLEEPING, ZOMBIE, DEAD };
#define STACK_GUARD 0x57A4D06Du /* lies at the bottom of every kernel stack, and had better stay there */

struct action {
  u32 handler, flags, restorer, mask;
};

/* Lies on a page of its own; the kernel stack is another. */
struct process {
  u32 stack_pointer; /* switch.S: where it goes on, once it is its turn again */
  u32 stack;         /* the page its kernel stack is */
  enum state state;
  u32 pid, group, session;
  struct process *parent;
  struct process *next_runnable;
  const void *waits_for;
  int interrupted; /* a signal ended its sleep */
  int exit_status; /* as wait4 gives it */
  struct space space;

  struct file *files[OPEN_FILES];
  u8 close_on_exec[OPEN_FILES];
  struct inode *working;
  u32 umask;

  u32 pending, blocked; /* signals, bit n-1 for signal n */
  u32 blocked_before;   /* what sigsuspend puts back */
  int restore_blocked;
  struct action actions[SIGNALS];
  u64 alarm_at, alarm_every, wake_at; /* nanoseconds; 0: never */

  u32 tls[TLS_ENTRIES][2];
  u32 fs, gs;
  int floats;
  u8 floating_point[FLOATING_POINT_BYTES] __attribute__((aligned(16)));

  u64 started_at; /* nanoseconds */
  u64 ran_for, children_ran_for, on_since; /* cycles */
  u32 faults;
  u32 clear_child_tid, set_child_tid; /* where its program wants its number, and a 0 at the end */
  int program_read; /* the command line can be shown */
  u32 arguments_start, arguments_end;
  char name[NAME_BYTES];
  char path[2][PATH_BYTES]; /* names a system call was given; too large for the stack */
};
_Static_assert(sizeof(struct process) <= PAGE_BYTES, "struct process");

extern struct process *current, *processes[PROCESSES], *init_process;
extern u32 process_slots; /* how many of these may be in use: none is from here on */
extern u32 processes_made;
/* What ring 3 was doing when it last came in: the top of the kernel stack. */
static inline struct frame *frame_of(const struct process *process) {
  return (struct frame *)(process->stack + PAGE_BYTES) - 1;
}

/* --- processes.c --- */
struct process *process_open(void); /* a slot, a pid, a stack and nothing else; null without */
void process_close(struct process *process);
struct process *process_by_pid(u32 pid);
u32 processes_alive(void);

/* --- fork.c, exec.c, exit.c --- */
int process_fork(u32 child_stack);
int process_exec(char *path, u32 arguments, u32 environment);
void exit_with(int status) __attribute__((noreturn));
/* Creates process 1, which will exec the program; it runs when the scheduler gets to it. */
void start_init(void);

/* --- schedule.c --- */
extern int must_reschedule;
extern u64 idle_cycles;
extern u32 switches;
void schedule(void);
/* Waits for wake_up of the same; 0, or -ERESTART if a signal came first. */
int sleep_on(const void *channel);
/* The same, but no longer than until then (0: for ever); -EAGAIN when time is up. */
int sleep_until(const void *channel, u64 nanoseconds);
void wake_up(const void *channel);
void make_runnable(struct process *process);
void yield(void);
void load_tls(struct process *process);
void allow_floating_point(int allowed);
void start_scheduling(void) __attribute__((noreturn));
void switch_stacks(u32 *save, u32 load); /* switch.S */
extern char begin_child[], begin_init[];
u32 runnable_count(void);

/* --- signals.c --- */
void signal_process(struct process *process, u32 signal);
int signal_group(u32 group, u32 signal);
/* A fault of the program's own: it cannot be put off. */
void signal_fault(u32 signal, const char *what, u32 address);
int signals_waiting(const struct process *process);
void deliver_signals(struct frame *frame);
int is_fatal_default(u32 signal);
int signal_frame_push(struct frame *frame, u32 signal, const struct action *action, u32 old_mask);

/* --- clock.c --- */
u64 cycles(void);      /* of whatever clock there is */
u64 cycles_to_ns(u64 cycles);
u64 now_ns(void);      /* since boot */
u32 boot_seconds(void); /* since 1970, at boot */
void clock_open(void);
void clock_arm(u64 when); /* an interrupt no later than then */
void clock_arm_after(u32 nanoseconds);
void timers_run(void);

/* --- kernel-entry.c --- */
void traps_of_programs_open(void);
/* Who is called for an interrupt, with interrupts off. */
void interrupt_handler(u32 irq, trap_handler *handler);
void system_call(struct frame *frame);
void restart_system_call(struct frame *frame);

/* --- oops.c --- */
void oops(struct frame *frame, const char *what) __attribute__((noreturn));

/* --- host-ring.c: a message the host can get later, and one it gets now --- */
void tell_host(u32 call, u32 a, u32 b, u32 c);
void ask_host(u32 call, u32 a, u32 b, u32 c);
void host_catches_up(void);
void host_ring_open(void);

/* --- exit.c, and who hears of it --- */
int wait_for(int pid, u32 status_at, u32 options);
void init_ended(int status) __attribute__((noreturn));
void terminal_forget(struct process *process); /* terminal.c: a session's leader has gone */
/* Syncs disks and ends the guest. */
void end_guest(int restart) __attribute__((noreturn));
