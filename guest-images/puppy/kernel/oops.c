/*
 * A fault of the kernel's own.  There is no way to go on; there is a way to say where it was.
 */
#include "processes.h"

enum { DEPTH = 16 };

extern const u32 symbol_addresses[];
extern const char symbol_names[], text_end[];

/* The function an address lies in, and how far: the last one that starts no later. */
static const char *name_of(u32 address, u32 *offset) {
  const char *name = symbol_names, *found = 0;
  if (address >= (u32)text_end) return 0;
  for (const u32 *at = symbol_addresses; *at && *at <= address; at++) {
    found = name;
    *offset = address - *at;
    while (*name++) continue;
  }
  return found;
}

static void print_place(const char *label, u32 address) {
  u32 offset = 0;
  const char *name = name_of(address, &offset);
  if (name)
    print("%s %08x %s+%x\n", label, address, name, offset);
  else
    print("%s %08x\n", label, address);
}

static int on_stack(u32 address) { return (address & 3) == 0 && address - current->stack < PAGE_BYTES - 8; }

/* Frame pointers lead from each function to its caller, and above each lies where it will return to. */
static void print_callers(u32 frame_pointer) {
  for (u32 i = 0; i < DEPTH && on_stack(frame_pointer); i++) {
    u32 *at = (u32 *)frame_pointer;
    if (!name_of(at[1], &(u32){0})) return;
    print_place("  from", at[1]);
    if (at[0] <= frame_pointer) return;
    frame_pointer = at[0];
  }
}

void oops(struct frame *frame, const char *what) {
  static int already;
  u32 esp = (u32)&frame->esp; /* a trap in ring 1 pushes no stack: it ends where the old one did */
  if (already++) give_up("oops within oops at %08x", frame->eip);
  print("Oops: %s (trap %u, error %x) in the kernel, cr2 %08x, process %u (%s)\n", what, frame->vector, frame->error,
        lguest_data.cr2, current->pid, current->name);
  print("eax %08x ebx %08x ecx %08x edx %08x\n", frame->eax, frame->ebx, frame->ecx, frame->edx);
  print("esi %08x edi %08x ebp %08x esp %08x eflags %08x\n", frame->esi, frame->edi, frame->ebp, esp, frame->eflags);
  print_place("  at  ", frame->eip);
  print_callers(frame->ebp);
  u32 offset = 0;
  const char *name = name_of(frame->eip, &offset);
  give_up("oops: %s at %08x, in %s+%x", what, frame->eip, name ? name : "?", offset);
}
