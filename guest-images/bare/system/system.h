/* The turns of the system workloads, for the table, and how many operations each makes. */
#pragma once
#include "machine.h"

enum {
  CALLS = 5000,
  FAULTS = 2000,
  PAIRS = 2000,
  DEMAND_PAGES = 256,
  PAGES_INVALIDATED = 5000,
  SPACE_SWITCHES = 1000,
  WORLD_SWITCHES = 500,
  PORT_WRITES = 5000,
  PATCHES = 2000,
  GENERATED = 16,
  SHARED_STORES = 5000,
  COLD_FUNCTIONS = 2000,
  COLD_TURNS_MOST = 64,
  SELDOM_TURNS_MOST = 32,
};

void prepare_int80(u32 times);
u32 int80_turn(u32 number);
void prepare_syscall(u32 times);
u32 syscall_turn(u32 number);
void prepare_fault(u32 times);
u32 fault_turn(u32 number);
void prepare_within(u32 times);
u32 within_turn(u32 number);
void prepare_demand(u32 times);
u32 demand_turn(u32 number);
void prepare_invlpg(u32 times);
u32 invlpg_turn(u32 number);
void prepare_cr3(u32 times);
u32 cr3_turn(u32 number);
void prepare_world(u32 times);
u32 world_turn(u32 number);
u32 port_turn(u32 number);
void prepare_patch(u32 times);
u32 patch_turn(u32 number);
void prepare_generate(u32 times);
u32 generate_turn(u32 number);
void prepare_sharing(u32 times);
u32 sharing_turn(u32 number);
void prepare_cold(u32 times);
u32 cold_turn(u32 number);
void prepare_seldom(u32 times);
u32 seldom_turn(u32 number);
