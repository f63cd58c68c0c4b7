/*
 * The kernel's side of `faults`: a pool of page frames, address spaces made of them, and the calls between its files.
 */
#pragma once
#include "job.h"
#include "kernel.h"

/* --- pool.c: page frames, given out and taken back, counted while shared --- */
enum { POOL_MOST = 16384 };
void pool_open(u32 frames);
u32 pool_take(void);
void pool_share(u32 frame);
void pool_drop(u32 frame);
int pool_is_shared(u32 frame);

/* --- space.c: what is mapped for ring 3 --- */
enum { USER_FLAGS = PTE_PRESENT | PTE_USER | PTE_ACCESSED, WRITABLE_FLAGS = USER_FLAGS | PTE_WRITABLE | PTE_DIRTY };
extern u32 *space; /* the page directory in force */
extern u32 zero_frame;
u32 tables_for(u32 pages);
void space_open(u32 pages);
/* Notes an address of the area as mapped, so that unmap_area finds it. */
void remember(u32 address);
void unmap_area(void);
void protect_area(void);
void populate_area(u32 first, u32 count);
void map_program(void);

/* --- fork.c --- */
u32 tables_for_fork(u32 pages);
void fork_open(u32 pages);
void fork_space(struct frame *frame);
void exit_space(struct frame *frame);
extern u32 child_status;

/* --- page-fault.c --- */
extern u32 area_faults;
void page_fault(struct frame *frame);

/* --- verify.c --- */
extern u32 verify_failures, verify_checksum;
void verify_fault(const struct frame *frame);

/* --- faults.c --- */
/* Touches everything the kernel will use, so that no fault of its own disturbs the count.  Once per address space. */
void warm_kernel(void);
extern u32 trap_gate_for_faults;
