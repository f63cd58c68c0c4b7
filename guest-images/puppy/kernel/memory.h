/*
 * Memory: frames of RAM, the areas a program was promised, and the page tables that keep the promises.
 *
 *      0           0x08048000         0x40000000              0xBF800000      0xC0000000         0xF8000000
 *      | nothing …  | program │ heap → │ mappings →        …   │    ← stack │ all of RAM … │ devices │ … Switcher |
 */
#pragma once
#include "kernel.h"

#define USER_LIMIT PAGE_OFFSET
#define MAPPINGS_START 0x40000000u
#define STACK_LIMIT_BYTES (8u << 20)
#define MAPPINGS_LIMIT (USER_LIMIT - STACK_LIMIT_BYTES - PAGE_BYTES)
enum { WORDS_PER_PAGE = PAGE_BYTES / 4, TABLE_SPAN_BYTES = PAGE_BYTES * WORDS_PER_PAGE };

static inline u32 page_floor(u32 address) { return address & ~PTE_FLAGS; }
static inline u32 page_ceiling(u32 address) { return (address + PTE_FLAGS) & ~PTE_FLAGS; }

/* --- frames.c: every page of RAM the kernel itself does not lie in; counted, for copy-on-write shares them --- */
extern u32 frames_total, frames_free;
extern u32 zero_frame; /* what memory that was never written reads as; never counted, never freed */
void frames_open(u32 limit);
u32 frame_take(void);        /* physical; 0 if there is none.  Contents: anything */
u32 frame_take_zeroed(void);
void frame_share(u32 frame);
void frame_drop(u32 frame);
int frame_is_shared(u32 frame);
void copy_page(void *to, const void *from);

/* --- space.c: directories and tables, and telling the host --- */
struct inode;
struct area {
  u32 start, end;       /* whole pages */
  u32 rights;           /* PROT_… */
  int grows_down;       /* the stack */
  struct inode *file;   /* null: zeroes */
  u32 offset, file_end; /* of `start` in the file; the address behind the file's last byte */
};
enum { AREAS = 40 };
struct space {
  u32 *directory;
  u32 area_count;
  u32 heap_start, heap_end;
  u32 resident; /* pages present */
  struct area areas[AREAS];
};

int space_open(struct space *space);         /* 0 or -ENOMEM */
void space_empty(struct space *space);       /* it must be the current one */
void space_close(struct space *space);       /* after it was emptied, and is current no more */
int space_fork(struct space *parent, struct space *child);
/* The entry for an address, its table made if there is none; null without memory. */
u32 *space_entry(struct space *space, u32 address);
u32 space_lookup(const struct space *space, u32 address); /* the entry, or 0 */
void space_set(struct space *space, u32 address, u32 *entry, u32 value);
void space_unmap(struct space *space, u32 from, u32 to);
void space_protect(struct space *space, u32 from, u32 to);
void space_hide(struct space *space, u32 from, u32 to); /* from the program, though the pages stay */

/* --- areas.c: the list of promises, sorted by address --- */
struct area *area_at(struct space *space, u32 address);
int area_add(struct space *space, struct area area); /* takes over the reference to a file; 0 or -ENOMEM */
int area_remove(struct space *space, u32 from, u32 to);
int area_set_rights(struct space *space, u32 from, u32 to, u32 rights);
u32 area_gap(const struct space *space, u32 bytes); /* an address, or 0 */
int area_copy(struct space *space, const struct area *area); /* the same promise for another space */
void areas_forget(struct space *space);

/* --- page-fault.c --- */
/* Makes a page present and writable as asked; 0, -EFAULT if the program has no such right, -ENOMEM. */
int fault_in(struct space *space, u32 address, int write);
/* Kills the largest process; true if waiting for its memory makes sense. */
int out_of_memory(void);
void page_fault(struct frame *frame);

/* --- user-access.c: memory of the current process, where RAM is mapped --- */
/* How many bytes from `address` on, at most `length`, lie in one page, and where; 0 if they may not be used so. */
u32 user_span(u32 address, u32 length, int write, void **at);
int copy_in(void *to, u32 from, u32 length);          /* 0 or -EFAULT */
int copy_out(u32 to, const void *from, u32 length);   /* 0 or -EFAULT */
int copy_text_in(char *to, u32 from, u32 size);       /* length, -EFAULT or -ENAMETOOLONG */
