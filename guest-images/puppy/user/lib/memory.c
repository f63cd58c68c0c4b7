/*
 * malloc on brk.  Blocks lie one behind the other, each with its size before it; the free ones are also in a list, in the
 * order of their addresses, so that neighbours can be joined.  The first that is large enough is taken.
 *
 *      | size | … the caller's … | size | next free | … | size | … |     (sizes include the word itself)
 */
#include "puppy.h"

enum { ALIGNMENT = 8, BLOCK_LEAST = 16, GROWTH = 16384 };

struct block { u32 size; struct block *next; };
#define HEADER (sizeof(u32))

static struct block *free_blocks;
static char *heap_end;

static void insert(struct block *block) {
  struct block **link = &free_blocks, *before = 0;
  for (; *link && *link < block; link = &(*link)->next) before = *link;
  block->next = *link;
  *link = block;
  if (block->next && (char *)block + block->size == (char *)block->next) {
    block->size += block->next->size;
    block->next = block->next->next;
  }
  if (before && (char *)before + before->size == (char *)block) {
    before->size += block->size;
    before->next = block->next;
  }
}

/* The caller's part begins on a multiple of 8, so blocks begin 4 before one. */
static void grow(u32 size) {
  if (!heap_end) heap_end = set_brk(0), heap_end += (ALIGNMENT - HEADER - (u32)heap_end) & (ALIGNMENT - 1);
  u32 more = (size + GROWTH - 1) / GROWTH * GROWTH;
  if (more < size || set_brk(heap_end + more) != heap_end + more) {
    complain("out of memory");
    exit(1);
  }
  struct block *block = (struct block *)heap_end;
  heap_end += more;
  block->size = more;
  insert(block);
}

void *malloc(size_t wanted) {
  u32 size = (wanted + HEADER + ALIGNMENT - 1) & -ALIGNMENT;
  if (size < wanted) size = ~0u;
  if (size < BLOCK_LEAST) size = BLOCK_LEAST;
  struct block **link = &free_blocks;
  while (*link && (*link)->size < size) link = &(*link)->next;
  if (!*link) return grow(size), malloc(wanted);
  struct block *block = *link;
  if (block->size - size >= BLOCK_LEAST) {
    struct block *rest = (struct block *)((char *)block + size);
    *rest = (struct block){block->size - size, block->next};
    block->size = size;
    *link = rest;
  } else {
    *link = block->next;
  }
  return (char *)block + HEADER;
}

void free(void *at) {
  if (at) insert((struct block *)((char *)at - HEADER));
}

void *realloc(void *at, size_t wanted) {
  if (!at) return malloc(wanted);
  u32 usable = *(u32 *)((char *)at - HEADER) - HEADER;
  if (wanted <= usable) return at;
  void *moved = malloc(wanted);
  memcpy(moved, at, usable);
  free(at);
  return moved;
}

char *strdup(const char *text) { return strcpy(malloc(strlen(text) + 1), text); }
