/*
 * What the three files of exec share: the program found, and the words it is given.
 */
#pragma once
#include "files.h"
#include "processes.h"

enum { SEGMENTS = 16, ARGUMENT_PAGES = 32, SCRIPT_DEPTH = 3 };

struct program {
  struct inode *file, *interpreter; /* the second is null for most */
  struct elf_header header, interpreter_header;
  u32 end, headers, entry;
};

/* Argument and environment strings, one behind the other, on frames that will be the top of the new stack. */
struct words {
  u32 frames[ARGUMENT_PAGES];
  u32 frame_count, bytes;
  u32 argument_count, environment_count;
};

int words_add(struct words *words, const char *text);
/* From an array of pointers in the current program, without the first `skip`; counts them. */
int words_add_from_user(struct words *words, u32 array, u32 skip, u32 *count);
void words_forget(struct words *words);
/* Lays out the stack of the new program in the current space; its esp, or 0 without memory. */
u32 words_onto_stack(struct words *words, const struct program *program);

int elf_is_program(const struct elf_header *header);
int elf_read_segment(struct inode *file, const struct elf_header *header, u32 index, struct elf_segment *segment);
int elf_map(struct inode *file, const struct elf_header *header, struct program *program);
int elf_interpreter(struct inode *file, const struct elf_header *header, char *path, u32 size);
