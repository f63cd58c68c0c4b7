/*
 * A kernel's worth of comfort for the larger sample guests: traps, page tables, a console, a command line and a clock.
 * A guest supplies guest_main and gets called, on its own page tables, with all of this working.
 */
#pragma once
#include "lguest.h"

void guest_main(void);

/* --- the host --- */
extern struct lguest_data lguest_data;
/* Queues a call; it is made with the next ordinary one, in order.  For calls that nothing waits for. */
void lazy_hypercall(u32 number, u32 a, u32 b, u32 c);
void power_off(void) __attribute__((noreturn));
/* Ends the guest with a text: what the host will say we died of. */
void give_up(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* --- console and text --- */
void console_open(void);
void console_write(const char *text, u32 length);
/* %s %d %u %x and %%, and a zero-padded width for %x. */
void print(const char *format, ...) __attribute__((format(printf, 1, 2)));
u32 format_text(char *to, u32 size, const char *format, __builtin_va_list arguments);
u32 text_length(const char *text);
void *memcpy(void *to, const void *from, u32 length);
void *memset(void *to, int value, u32 length);

/* --- command line: words of the form name=value --- */
void options_open(const char *command_line);
/* The value, ending at a blank or the end of the line; null if there is none. */
const char *option(const char *name);
int value_is(const char *value, const char *word);
u32 option_number(const char *name, u32 otherwise);

/* --- page tables --- */
enum {
  PAGE_BYTES = 4096,
  PTE_PRESENT = 1,
  PTE_WRITABLE = 2,
  PTE_USER = 4,
  PTE_ACCESSED = 0x20,
  PTE_DIRTY = 0x40,
  PTE_FLAGS = 0xfff,
  ERROR_PRESENT = 1, /* of a page fault: the page was there, the right was not */
  ERROR_WRITE = 2,
  ERROR_USER = 4,
};
#define PAGE_OFFSET 0xC0000000u
#define DEVICE_WINDOW 0xF8000000u
static inline void *virtual(u32 physical) { return (void *)(physical + PAGE_OFFSET); }
static inline u32 physical(const volatile void *of_kernel) { return (u32)of_kernel - PAGE_OFFSET; }

extern u32 boot_directory[1024];
extern char image_end[];
extern u32 memory_bytes; /* RAM as the launcher described it */
void memory_open(u32 bytes);
/* Zeroed physical pages that were never used before; 0 when there are not enough. */
u32 take_pages(u32 count);
u32 pages_left(void);
u32 memory_taken(void); /* how far up pages are in use */
/* Where the entry for an address is, in the tables of a directory; null without a page table. */
u32 *page_entry(u32 *directory, u32 address);
void set_directory_entry(u32 *directory, u32 address, u32 entry);
/* Writes an entry and tells the host, at once or with the next hypercall. */
void set_page(u32 *directory, u32 address, u32 entry);
void set_page_lazily(u32 *directory, u32 address, u32 entry);

/* --- traps --- */
/* What trap-entry.S leaves on the stack.  esp and ss are there only if the trap came from ring 3. */
struct frame {
  u32 es, ds;
  u32 edi, esi, ebp, kernel_esp, ebx, edx, ecx, eax;
  u32 vector, error;
  u32 eip, cs, eflags, esp, ss;
};
enum { KERNEL_CS = 0x61, KERNEL_DS = 0x69, USER_CS = 0x73, USER_DS = 0x7B };
enum { INTERRUPT_GATE = 0x8E00, TRAP_GATE = 0x8F00, GATE_FOR_USER = 0x6000 };
enum { INVALID_OPCODE = 6, GENERAL_PROTECTION = 13, PAGE_FAULT = 14 };
typedef void trap_handler(struct frame *frame);
extern char trap_stubs[], syscall_stub[], trap_stack_top[];
void traps_open(void);
void set_trap(u32 vector, trap_handler *handler, u32 gate);
void set_gate(u32 vector, u32 address, u32 gate);
void enter_user(u32 eip, u32 esp) __attribute__((noreturn));
static inline int from_user(const struct frame *frame) { return (frame->cs & 3) == 3; }

/* --- interrupts and time --- */
void set_interrupt(u32 irq, trap_handler *handler);
/* Calls handler each time so many microseconds have passed, whenever interrupts are enabled. */
void clock_every(u32 microseconds, trap_handler *handler);
