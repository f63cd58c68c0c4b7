/*
 * The lguest ABI, seen from inside a guest: what to ask the host for, and the one record both sides read.  This is the
 * layout of Linux 3.0 to 4.0.  Nothing here belongs to one particular host; a guest that keeps to this file runs on any.
 */
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

/* A hypercall is `int $0x1f` with the number in eax and up to four arguments in ebx, ecx, edx, esi.  None answers. */
enum hypercall {
  LHCALL_FLUSH_ASYNC = 0,
  LHCALL_LGUEST_INIT = 1, /* physical address of lguest_data; first of all, and once */
  LHCALL_SHUTDOWN = 2,    /* physical address of a text, how */
  LHCALL_NEW_PGTABLE = 4, /* physical address of the page directory */
  LHCALL_FLUSH_TLB = 5,   /* 0: the user half, 1: everything */
  LHCALL_LOAD_IDT_ENTRY = 6,
  LHCALL_SET_STACK = 7, /* selector, esp, pages: the ring-1 stack for traps from ring 3 */
  LHCALL_SET_CLOCKEVENT = 9,
  LHCALL_HALT = 10,
  LHCALL_SET_PTE = 14, /* page directory, virtual address, entry */
  LHCALL_SET_PGD = 15, /* page directory, index */
  LHCALL_LOAD_TLS = 16,
  LHCALL_NOTIFY = 17, /* a queue, a device, or early on a text of at most 16 characters */
  LHCALL_LOAD_GDT_ENTRY = 18,
  LHCALL_SEND_INTERRUPTS = 19,
};

enum { SHUTDOWN_POWER_OFF = 1, SHUTDOWN_RESTART = 2 };
enum { SHUTDOWN_TEXT_BYTES = 128 }; /* the host reads this many, whatever the text's length */

enum { ASYNC_CALLS = 64, ASYNC_READY = 0, ASYNC_DONE = 0xff };

struct async_call {
  u32 number, argument[4];
};

/* The guest owns this record and tells the host where it lies.  irq_enabled must stay first: assembly relies on it. */
struct lguest_data {
  u32 irq_enabled;        /* our interrupt flag: 0x200 or 0.  The real one is always set */
  u32 blocked_interrupts; /* a bit per interrupt we do not want yet */
  u32 cr2;                /* where the page fault was; the host writes it */
  u32 seconds, nanoseconds;
  u32 irq_pending; /* the host: something waits for irq_enabled */
  u8 hcall_status[ASYNC_CALLS];
  struct async_call hcalls[ASYNC_CALLS];
  u32 reserve_mem; /* the host: how much of the top of the address space is not ours */
  u32 tsc_khz;
  u32 noirq_start, noirq_end; /* code in which no interrupt may be delivered */
  u32 kernel_address;         /* from here up, all our page tables agree */
  u32 syscall_vector;
};
_Static_assert(__builtin_offsetof(struct lguest_data, hcalls) == 0x58, "lguest_data.hcalls");
_Static_assert(__builtin_offsetof(struct lguest_data, kernel_address) == 0x568, "lguest_data.kernel_address");
_Static_assert(sizeof(struct lguest_data) == 0x570, "lguest_data");

enum { FIRST_IRQ_VECTOR = 32, SYSCALL_VECTOR = 0x80, EFLAGS_IF = 0x200 };

static inline void hypercall(u32 number, u32 a, u32 b, u32 c, u32 d) {
  __asm__ volatile("int $0x1f" : : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d) : "memory");
}
