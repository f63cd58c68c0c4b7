/*
 * A small machine of our own for the workloads that need privilege: descriptor tables, page tables, a task state and a
 * ring 3.  The lowest 48 MiB are mapped to themselves for ring 0 in every address space; only the section .user (code
 * and a stack) is open to ring 3.  assembly.h holds what the assembler must know too.
 */
#pragma once
#include "../bare.h"
#include "assembly.h"

enum { PAGE_BYTES = 4096, PRESENT = 1, WRITABLE = 2, USER = 4, FRAME_MASK = 0xfffff000 };
enum { VECTORS = 256, EXCEPTIONS = 32, PAGE_FAULT = 14, STUB_BYTES = 16 };
enum { KERNEL_PRIVILEGE = 0, USER_PRIVILEGE = 3 };

struct table_pointer {
  u16 unused, limit; /* so that the base is aligned */
  u32 base;
};

/* SDM 3A 7.2.1, of which we use three words. */
struct task_state {
  u32 link, esp0, ss0, rest[22];
  u16 trap, io_map;
};

/* All that changes when the processor goes from one world to another.  Offsets are checked against assembly.h. */
struct world {
  u32 stack;                      /* where a world that is not running left its registers */
  u32 directory;
  struct table_pointer gdtr, idtr;
  u64 gdt[DESCRIPTORS];
  u64 idt[VECTORS];
  struct task_state task;
  u8 trap_stack[2048];
};

typedef void trap_entry(void);

extern struct world home;
/* Builds the home world, turns paging on and moves in.  Once is enough; more often is harmless. */
void open_machine(void);
void build_world(struct world *world);
void set_gate(struct world *world, u32 vector, trap_entry *entry, u32 privilege);
void unexpected(u32 vector, u32 error, u32 eip) __attribute__((noreturn));
void end_run(u32 status) __attribute__((noreturn)); /* board.c */

u32 take_page(void); /* zeroed; never given back */
/* The entry for an address; makes the page table if there is none. */
u32 *page_entry(u32 directory, u32 address);
void map(u32 directory, u32 address, u32 frame, u32 rights);

/* Runs code of ring 3 until it says int $LEAVE_USER; the argument goes in ecx, eax comes back. */
u32 call_user(trap_entry *code, u32 argument);

static inline void load_cr3(u32 directory) { __asm__ volatile("movl %0, %%cr3" : : "r"(directory) : "memory"); }
static inline void invlpg(u32 address) { __asm__ volatile("invlpg (%0)" : : "r"(address) : "memory"); }
static inline volatile u32 *word_at(u32 address) { return (volatile u32 *)address; }
