/*
 * Ring-1 stacks that are not there when a frame has to be put on them.  Hosts push those frames on the guest's behalf,
 * in a hurry, and this is where one can be made to write into the wrong page.
 */
#include "trouble.h"

enum { RING0_DATA = 0x68, RING3_DATA = 0x6B, STACK_FLAGS = PTE_PRESENT | PTE_WRITABLE | PTE_ACCESSED | PTE_DIRTY };
enum { STRADDLE_BYTES = 8, WORDS = 1024, PATTERN = 0x5A5A5A5A };
#define STACK_PLACE 0xF0000000u /* two pages of our own choosing, in the kernel half */
#define STACK_END (STACK_PLACE + 2 * PAGE_BYTES)

static void set_stack(u32 selector, u32 esp, u32 pages) { hypercall(LHCALL_SET_STACK, selector, esp, pages, 0); }

/* Two neighbouring pages whose frames are no neighbours: the lower page has the upper frame, and there is one between. */
enum { BELOW, UPPER, BETWEEN, LOWER, ABOVE, FRAMES };
static u32 stack_frames[FRAMES];

static void map_stack(void) {
  stack_frames[0] = take_pages(FRAMES);
  for (u32 i = 1; i < FRAMES; i++) stack_frames[i] = stack_frames[0] + i * PAGE_BYTES;
  set_directory_entry(boot_directory, STACK_PLACE, take_pages(1) | STACK_FLAGS);
  set_page(boot_directory, STACK_PLACE, stack_frames[LOWER] | STACK_FLAGS);
  set_page(boot_directory, STACK_PLACE + PAGE_BYTES, stack_frames[UPPER] | STACK_FLAGS);
  set_stack(KERNEL_DS, STACK_END, 2);
}

static void stack_ring_0(void) { set_stack(RING0_DATA, (u32)trap_stack_top, 1); }
static void stack_ring_3(void) { set_stack(RING3_DATA, (u32)trap_stack_top, 1); }
static void stack_pages(void) { set_stack(KERNEL_DS, (u32)trap_stack_top, 3); }
static void stack_unmapped(void) { set_stack(KERNEL_DS, STACK_END, 1); }
static void stack_switcher(void) { set_stack(KERNEL_DS, SWITCHER + 2 * PAGE_BYTES, 1); }

static void run_with_top_page(u32 entry, void (*program)(void)) {
  map_programs();
  map_stack();
  set_page(boot_directory, STACK_END - PAGE_BYTES, entry);
  run_program(program);
}

static void stack_vanishes(void) { run_with_top_page(0, touch_nothing); }
static void stack_vanishes_direct(void) { run_with_top_page(0, use_system_call); }
static void stack_read_only(void) { run_with_top_page(stack_frames[UPPER] | PTE_PRESENT | PTE_ACCESSED, touch_nothing); }

static int is_untouched(u32 frame) {
  const u32 *words = virtual(frame);
  u32 i = 0;
  while (i < WORDS && words[i] == PATTERN) i++;
  return i == WORDS;
}

static void fill_with_pattern(u32 frame) {
  u32 *words = virtual(frame);
  for (u32 i = 0; i < WORDS; i++) words[i] = PATTERN;
}

/* Runs on a frame that spans two pages.  Pushed by somebody who took them for neighbours, it would lie elsewhere. */
static void look_at_straddling_frame(struct frame *frame) {
  int whole = (frame->cs & 0xffff) == USER_CS && (frame->ss & 0xffff) == USER_DS && frame->esp == USER_STACK_TOP &&
              frame->eip == (u32)touch_nothing && frame->error == (ERROR_USER | ERROR_WRITE) &&
              is_untouched(stack_frames[BELOW]) && is_untouched(stack_frames[BETWEEN]) && is_untouched(stack_frames[ABOVE]);
  conclude(whole ? "it was whole" : "it was TORN");
}

static void stack_straddles(void) {
  map_programs();
  map_stack();
  fill_with_pattern(stack_frames[BELOW]);
  fill_with_pattern(stack_frames[BETWEEN]);
  fill_with_pattern(stack_frames[ABOVE]);
  set_stack(KERNEL_DS, STACK_END - PAGE_BYTES + STRADDLE_BYTES, 2);
  set_trap(PAGE_FAULT, look_at_straddling_frame, INTERRUPT_GATE);
  run_program(touch_nothing);
}

static void kernel_stack_gone(void) {
  __asm__ volatile("movl %0, %%esp\n\tud2" : : "r"(UNMAPPED));
}

const struct mode stacks[] = {
    {"stack-ring-0", "set a stack segment of ring 0", stack_ring_0},
    {"stack-ring-3", "set a stack segment of ring 3", stack_ring_3},
    {"stack-pages", "set a stack of three pages", stack_pages},
    {"stack-unmapped", "set a stack that is not mapped", stack_unmapped},
    {"stack-switcher", "set its stack where the Switcher lives", stack_switcher},
    {"stack-vanishes", "unmapped its stack, and a program faulted", stack_vanishes},
    {"stack-vanishes-direct", "unmapped its stack, and a program made a system call", stack_vanishes_direct},
    {"stack-read-only", "made its stack read-only, and a program faulted", stack_read_only},
    {"stack-straddles", "had a frame pushed across two unrelated pages", stack_straddles},
    {"stack-gone", "faulted in its kernel with no stack at all", kernel_stack_gone},
    {0, 0, 0},
};
