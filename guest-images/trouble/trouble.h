/*
 * How a misbehaving guest is put together: each mode is a name, what it does in words, and the deed.  The deed does not
 * come back if all goes well: either the host kills the guest, or a fault comes back and the guest gives itself up.
 */
#pragma once
#include "kernel.h"

struct mode {
  const char *name;
  const char *what;      /* completes "this guest …" */
  void (*commit)(void);  /* null: done in before-init.c, before there was a table to look in */
};
/* Each ends with a nameless entry. */
extern const struct mode introductions[], hypercalls[], rings[], pagings[], segments[], privileges[], stacks[], switchers[];

/* The last fault a TRY survived. */
extern struct caught {
  u32 count, vector, error, address;
} caught;
extern u32 resume_at;

/* Runs a piece of assembly that may fault in ring 1; if it does, execution goes on behind it. */
#define TRY(code, ...) \
  __asm__ volatile("movl $77f, resume_at\n\t" code "\n77:\tmovl $0, resume_at" : : __VA_ARGS__ : "memory", "cc")

/* Ends the guest: what it did, and what came of it. */
void conclude(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* Programs for ring 3 (program.user.S).  Faults of theirs end the guest with a conclusion. */
void touch_nothing(void);
void use_breakpoint(void);
void use_system_call(void);
void use_hypercall(void);
void use_vector_14(void);
void use_privileges(void);
/* Maps the programs and a stack for them. */
void map_programs(void);
void run_program(void (*program)(void)) __attribute__((noreturn));
#define USER_STACK_TOP 0x08048000u
#define UNMAPPED 0x20000000u /* in no page table of ours */
#define SWITCHER (0u - lguest_data.reserve_mem)
