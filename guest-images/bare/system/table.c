/*
 * The system workloads by name: what a kernel asks of a processor, one thing at a time.  Each knows what must come out
 * and says FAILED if it does not, for a benchmark that is fast because it skips the work is worth less than none.
 */
#include "system.h"

enum { ARENA_BYTES = 32 * MIB };
u8 arena[ARENA_BYTES] __attribute__((aligned(4096)));

const struct workload workloads[] = {
    {"int80", CALLS, 0, prepare_int80, int80_turn},
    {"syscall", CALLS, 0, prepare_syscall, syscall_turn},
    {"fault", FAULTS, 0, prepare_fault, fault_turn},
    {"within", PAIRS, 0, prepare_within, within_turn},
    {"demand", DEMAND_PAGES, 0, prepare_demand, demand_turn},
    {"invlpg", PAGES_INVALIDATED, 0, prepare_invlpg, invlpg_turn},
    {"cr3", SPACE_SWITCHES, 0, prepare_cr3, cr3_turn},
    {"world", WORLD_SWITCHES, 0, prepare_world, world_turn},
    {"port", PORT_WRITES, 0, 0, port_turn},
    {"patch", PATCHES, 0, prepare_patch, patch_turn},
    {"generate", GENERATED, 0, prepare_generate, generate_turn},
    {"sharing", SHARED_STORES, 0, prepare_sharing, sharing_turn},
    {"cold", COLD_FUNCTIONS, COLD_TURNS_MOST, prepare_cold, cold_turn},
    {"seldom", COLD_FUNCTIONS, SELDOM_TURNS_MOST, prepare_seldom, seldom_turn},
};
const u32 workload_count = LENGTH(workloads);
