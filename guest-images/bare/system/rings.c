/*
 * Ring 3 and back: by asking (int80, and syscall as a kernel would answer), by a fault that is stepped over (fault), and by
 * a fault that is mended (demand); and ring 0 interrupting itself, both ways (within).
 */
#include "system.h"

extern u32 calls_counted, faults_counted, *table_to_supply; /* traps.S */
trap_entry user_int80, user_syscall, user_fault, user_demand, serve, step_over_fault, step_over_own_fault, supply_page;
u32 call_within(u32 times);

u32 frames_to_supply[DEMAND_PAGES];

void prepare_int80(u32 times) {
  (void)times;
  open_machine();
}

u32 int80_turn(u32 number) {
  calls_counted = 0;
  u32 returned = call_user(user_int80, CALLS);
  if (returned != CALLS || calls_counted != CALLS) failed("calls were lost");
  return mix(returned, number);
}

static u32 served;

static u32 add_one(u32 value) {
  served++;
  return value + 1;
}

static u32 take_one(u32 value) {
  served++;
  return value - 1;
}

u32 (*const services[])(u32) = {add_one, take_one}; /* for traps.S */

void prepare_syscall(u32 times) {
  (void)times;
  open_machine();
  set_gate(&home, SERVICE_CALL, serve, USER_PRIVILEGE);
}

u32 syscall_turn(u32 number) {
  served = 0;
  u32 returned = call_user(user_syscall, CALLS);
  if (returned != CALLS * (CALLS + 1) / 2 || served != CALLS) failed("services were lost");
  return mix(returned, number);
}

void prepare_fault(u32 times) {
  (void)times;
  open_machine();
  *page_entry(home.directory, HOLE) = 0;
  set_gate(&home, PAGE_FAULT, step_over_fault, KERNEL_PRIVILEGE);
}

u32 fault_turn(u32 number) {
  faults_counted = 0;
  u32 returned = call_user(user_fault, FAULTS);
  if (returned != FAULTS || faults_counted != FAULTS) failed("faults were lost");
  return mix(returned, number);
}

void prepare_within(u32 times) {
  (void)times;
  open_machine();
  *page_entry(home.directory, HOLE) = 0;
  set_gate(&home, PAGE_FAULT, step_over_own_fault, KERNEL_PRIVILEGE);
}

u32 within_turn(u32 number) {
  calls_counted = faults_counted = 0;
  u32 returned = call_within(PAIRS);
  if (returned != PAIRS || calls_counted != PAIRS || faults_counted != PAIRS) failed("interrupts were lost");
  return mix(returned, number);
}

void prepare_demand(u32 times) {
  (void)times;
  open_machine();
  set_gate(&home, PAGE_FAULT, supply_page, KERNEL_PRIVILEGE);
  for (u32 i = 0; i < DEMAND_PAGES; i++) frames_to_supply[i] = take_page() | PRESENT | WRITABLE | USER;
}

/* Takes the pages away again: each must hold what ring 3 wrote there, and must fault anew next time. */
u32 demand_turn(u32 number) {
  u32 *table = page_entry(home.directory, HOLE);
  table_to_supply = table;
  faults_counted = 0;
  u32 returned = call_user(user_demand, DEMAND_PAGES);
  if (returned != DEMAND_PAGES * (DEMAND_PAGES + 1) / 2) failed("ring 3 read something else than it wrote");
  if (faults_counted != DEMAND_PAGES) failed("a page did not fault exactly once");
  for (u32 i = 0; i < DEMAND_PAGES; i++) {
    volatile u32 *word = word_at(frames_to_supply[i] & FRAME_MASK);
    if (*word != DEMAND_PAGES - i) failed("a page holds something else than ring 3 wrote");
    *word = 0;
    table[i] = 0;
    invlpg(HOLE + i * PAGE_BYTES);
  }
  return mix(returned, number);
}
