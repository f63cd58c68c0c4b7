/*
 * The words a program is started with.  They must survive the old program's memory and turn up in the new one's, so they
 * are collected on frames of their own, which then simply become the top of the new stack.
 *
 *      esp → argc │ argv … 0 │ environment … 0 │ auxiliary vector … 0 │ (gap) │ 16 odd bytes │ the strings │ 0xC0000000
 */
#include "exec.h"

enum { RANDOM_BYTES = 16, STACK_ALIGNMENT = 16, AUXILIARY = 14, CLOCK_TICKS = 100 };

static int room_for(struct words *words) {
  if (words->bytes < words->frame_count * PAGE_BYTES) return 0;
  if (words->frame_count == ARGUMENT_PAGES) return -E2BIG;
  u32 frame = frame_take_zeroed();
  if (!frame) return -ENOMEM;
  words->frames[words->frame_count++] = frame;
  return 0;
}

static char *byte_at(const struct words *words, u32 at) {
  return (char *)virtual(words->frames[at / PAGE_BYTES]) + at % PAGE_BYTES;
}

int words_add(struct words *words, const char *text) {
  do {
    int error = room_for(words);
    if (error) return error;
    *byte_at(words, words->bytes++) = *text;
  } while (*text++);
  return 0;
}

static int add_text_from_user(struct words *words, u32 from) {
  for (;;) {
    void *there;
    u32 part = user_span(from, PAGE_BYTES, 0, &there);
    if (!part) return -EFAULT;
    for (const char *text = there; part; part--, from++, text++) {
      int error = room_for(words);
      if (error) return error;
      *byte_at(words, words->bytes++) = *text;
      if (!*text) return 0;
    }
  }
}

int words_add_from_user(struct words *words, u32 array, u32 skip, u32 *count) {
  if (!array) return 0;
  for (;; array += sizeof(u32)) {
    u32 text;
    if (copy_in(&text, array, sizeof text)) return -EFAULT;
    if (!text) return 0;
    if (skip) {
      skip--;
      continue;
    }
    int error = add_text_from_user(words, text);
    if (error) return error;
    ++*count;
  }
}

void words_forget(struct words *words) {
  while (words->frame_count) frame_drop(words->frames[--words->frame_count]);
}

/* The frames change hands: from here on they are the program's. */
static int map_words(struct words *words, u32 start) {
  struct area stack = {.start = start - PAGE_BYTES, .end = USER_LIMIT, .rights = PROT_READ | PROT_WRITE, .grows_down = 1};
  int error = area_add(&current->space, stack);
  if (error) return error;
  for (u32 i = 0; i < words->frame_count; i++) {
    u32 address = start + i * PAGE_BYTES, *entry = space_entry(&current->space, address);
    if (!entry) return -ENOMEM;
    frame_share(words->frames[i]);
    space_set(&current->space, address, entry,
              words->frames[i] | PTE_PRESENT | PTE_WRITABLE | PTE_USER | PTE_ACCESSED | PTE_DIRTY);
  }
  return 0;
}

static u32 put_word(u32 at, u32 word) {
  copy_out(at, &word, sizeof word);
  return at + sizeof word;
}

/* Pointers to so many strings, and a zero; *string moves on. */
static u32 put_pointers(const struct words *words, u32 at, u32 count, u32 start, u32 *string) {
  while (count--) {
    at = put_word(at, start + *string);
    while (*byte_at(words, *string)) ++*string;
    ++*string;
  }
  return put_word(at, 0);
}

static u32 put_auxiliary(u32 at, const struct program *program, u32 random) {
  const u32 pairs[AUXILIARY][2] = {
      {AT_PHDR, program->headers}, {AT_PHENT, sizeof(struct elf_segment)}, {AT_PHNUM, program->header.program_header_count},
      {AT_PAGESZ, PAGE_BYTES},     {AT_BASE, 0},                           {AT_ENTRY, program->header.entry},
      {AT_UID, 0},                 {AT_EUID, 0},                           {AT_GID, 0},
      {AT_EGID, 0},                {AT_CLKTCK, CLOCK_TICKS},               {AT_SECURE, 0},
      {AT_RANDOM, random},         {AT_NULL, 0},
  };
  copy_out(at, pairs, sizeof pairs);
  return at + sizeof pairs;
}

/* Not random, only different from run to run where the clock is. */
static void put_random(u32 at) {
  u32 bytes[RANDOM_BYTES / 4], seed = (u32)cycles() ^ boot_seconds();
  for (u32 i = 0; i < RANDOM_BYTES / 4; i++) bytes[i] = seed = seed * 1664525 + 1013904223;
  copy_out(at, bytes, sizeof bytes);
}

u32 words_onto_stack(struct words *words, const struct program *program) {
  u32 start = USER_LIMIT - words->frame_count * PAGE_BYTES;
  if (map_words(words, start)) return 0;
  u32 pointers = 1 + words->argument_count + 1 + words->environment_count + 1 + 2 * AUXILIARY;
  u32 random = start - RANDOM_BYTES;
  u32 esp = (random - pointers * sizeof(u32)) & -STACK_ALIGNMENT;
  u32 string = 0, at = put_word(esp, words->argument_count);
  put_random(random);
  at = put_pointers(words, at, words->argument_count, start, &string);
  current->arguments_start = start;
  current->arguments_end = start + string;
  at = put_pointers(words, at, words->environment_count, start, &string);
  put_auxiliary(at, program, random);
  return esp;
}
