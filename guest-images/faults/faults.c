/*
 * A kernel whose only program page-faults on purpose.  Reads the command line, lays out memory, starts the program in
 * ring 3, answers its calls, and says in one line what happened: how many faults and a checksum over what the pages held.
 * Never how long it took: two runs that did the same must print the same.
 */
#include "space.h"

enum { FRAMES_USUALLY = 1024, FRAMES_SPARE = 32, STRIDE_USUALLY = 7 };
enum { PAGES_MOST = (AREA_LIMIT - AREA) / PAGE_BYTES, IMAGE_START = 0x100000 };

void program(void); /* program.user.c, at its own address */

static const struct {
  const char *name;
  enum order order;
  u32 faults_per_page;
} patterns[PATTERNS] = {
    [TOUCH] = {"touch", SEQUENTIAL, 1},
    [RANDOM] = {"random", SHUFFLED, 1},
    [STRIDE] = {"stride", STRIDED, 1},
    [COW] = {"cow", SEQUENTIAL, 2},         /* read, then write */
    [FORK] = {"fork", SEQUENTIAL, 3},       /* touch, the child's write, the parent's */
    [PROTECT] = {"protect", SEQUENTIAL, 2}, /* touch, write again */
    [SHADOW] = {"shadow", SEQUENTIAL, 0},   /* the guest's tables allow it all */
    [CHASE] = {"chase", STRIDED, 1},
};

u32 trap_gate_for_faults;
static u32 user_interrupts = EFLAGS_IF, parent_interrupts;
static struct job plan; /* until the program's own copy is mapped */

static u32 common_divisor(u32 a, u32 b) {
  while (b) {
    u32 rest = a % b;
    a = b, b = rest;
  }
  return a;
}

static void choose_pattern(void) {
  const char *wanted = option("pattern");
  for (plan.pattern = wanted ? 0 : TOUCH; wanted && !value_is(wanted, patterns[plan.pattern].name);)
    if (++plan.pattern == PATTERNS) {
      print("faults: no such pattern; there are touch random stride cow fork protect shadow chase\n");
      give_up("faults: no such pattern");
    }
  plan.order = patterns[plan.pattern].order;
}

static void choose_numbers(void) {
  plan.pages = option_number("pages", 1000);
  plan.rounds = option_number("rounds", 1);
  plan.seed = option_number("seed", 1);
  plan.verify = option_number("verify", 0) != 0;
  trap_gate_for_faults = value_is(option("gate"), "trap");
  if (!plan.pages || plan.pages > PAGES_MOST || !plan.rounds) {
    print("faults: pages= wants 1 to %u, rounds= at least 1\n", PAGES_MOST);
    give_up("faults: pages=%u rounds=%u is not possible", plan.pages, plan.rounds);
  }
  /* A step without a divisor in common with the number of pages visits each of them once. */
  plan.step = plan.pattern == CHASE ? plan.pages / 5 * 3 + 1 : option_number("stride", STRIDE_USUALLY);
  plan.step = plan.step % plan.pages + !(plan.step % plan.pages);
  while (common_divisor(plan.step, plan.pages) != 1) plan.step++;
  for (plan.mask = 1; plan.mask < plan.pages - 1;) plan.mask = plan.mask * 2 + 1;
}

/* The area's page tables must fit, the frames need not: they are used again for each batch. */
static void choose_batch(void) {
  int forks = plan.pattern == FORK;
  u32 tables = tables_for(plan.pages) + (forks ? tables_for_fork(plan.pages) : 0) + 1;
  u32 frames = option_number("frames", FRAMES_USUALLY), most = plan.pages * (forks ? 2 : 1) + FRAMES_SPARE;
  if (frames > POOL_MOST) frames = POOL_MOST;
  if (frames > most) frames = most;
  u32 left = pages_left();
  if (left < tables + 2 * FRAMES_SPARE) {
    print("faults: pages=%u needs %u page tables, but only %u pages of memory are free\n", plan.pages, tables, left);
    give_up("faults: pages=%u does not fit in memory", plan.pages);
  }
  if (frames > left - tables) frames = left - tables;
  if (frames < 2 * FRAMES_SPARE) frames = 2 * FRAMES_SPARE;
  plan.batch = (frames - FRAMES_SPARE) / (forks ? 2 : 1);
  if (plan.batch > plan.pages) plan.batch = plan.pages;
  space_open(plan.pages);
  if (forks) fork_open(plan.pages);
  pool_open(frames);
  print("faults: pattern=%s pages=%u rounds=%u seed=%u, %u pages at a time in %u frames\n", patterns[plan.pattern].name,
        plan.pages, plan.rounds, plan.seed, plan.batch, frames);
}

void warm_kernel(void) {
  for (u32 page = IMAGE_START; page < memory_taken(); page += PAGE_BYTES) *(volatile u8 *)virtual(page);
}

static void report(u32 checksum) {
  u32 expected = plan.pages * plan.rounds * patterns[plan.pattern].faults_per_page;
  int right = area_faults == expected && !verify_failures;
  if (plan.verify) checksum = mix(checksum, verify_checksum);
  print("faults: pattern=%s pages=%u faults=%u checksum=%08x %s\n", patterns[plan.pattern].name, plan.pages, area_faults,
        checksum, right ? "ok" : "WRONG");
  if (!right) give_up("faults: %u faults where %u were due, %u frames not as announced", area_faults, expected, verify_failures);
  power_off();
}

static void system_call(struct frame *frame) {
  switch (frame->eax) {
    case SYS_DONE: report(frame->ebx); break;
    case SYS_UNMAP: unmap_area(); break;
    case SYS_PROTECT: protect_area(); break;
    case SYS_FORK:
      parent_interrupts = user_interrupts;
      fork_space(frame);
      break;
    case SYS_EXIT:
      user_interrupts = parent_interrupts;
      exit_space(frame);
      break;
    case SYS_WAIT: frame->eax = child_status; break;
    case SYS_POPULATE: populate_area(frame->ebx, frame->ecx); break;
    case SYS_INTERRUPTS: user_interrupts = frame->ebx & EFLAGS_IF; break;
    default: give_up("faults: the program made call %u", frame->eax);
  }
  /* This gate is a direct one, and its frame shows the real interrupt flag, which is always set.  Ours is the other. */
  frame->eflags = (frame->eflags & ~EFLAGS_IF) | user_interrupts;
}

static void tick(struct frame *frame) { (void)frame; }

void guest_main(void) {
  choose_pattern();
  choose_numbers();
  choose_batch();
  set_trap(PAGE_FAULT, page_fault, trap_gate_for_faults ? TRAP_GATE : INTERRUPT_GATE);
  set_trap(SYSCALL_VECTOR, system_call, TRAP_GATE | GATE_FOR_USER);
  map_program();
  job = plan;
  warm_kernel();
  u32 period = option_number("clock", 0);
  if (period) clock_every(period, tick);
  enter_user((u32)program, STACK_TOP);
}
