/*
 * The compute workloads by name.  They use no privilege and no device, so the very same code also runs as a Linux program.
 */
#include "compute.h"

enum { ARENA_BYTES = 36 * MIB };
u8 arena[ARENA_BYTES] __attribute__((aligned(4096)));

const struct workload workloads[] = {
    {"integer", 1, 0, 0, integer_turn},
    {"sort", 1, 0, 0, sort_turn},
    {"matrix", 1, 0, 0, matrix_turn},
    {"crc", 1, 0, prepare_crc, crc_turn},
    {"list", 1, 0, 0, list_turn},
    {"strings", 1, 0, 0, strings_turn},
    {"states", 1, 0, 0, states_turn},
    {"sieve", 1, 0, 0, sieve_turn},
    {"copy", 1, 0, prepare_copy, copy_turn},
    {"movs", 1, 0, prepare_copy, movs_turn},
    {"chase", CHASE_STEPS, 0, prepare_chase, chase_turn},
    {"fib", 1, 0, 0, fib_turn},
    {"bytecode", 1, 0, 0, bytecode_turn},
    {"across", CALLS_ACROSS, 0, 0, across_turn},
    {"indirect", CALLS_INDIRECT, 0, 0, indirect_turn},
    {"multiply", 1, 0, 0, multiply_turn},
    {"divide", 1, 0, 0, divide_turn},
    {"nbody", 1, 0, 0, nbody_turn},
    {"mandelbrot", 1, 0, 0, mandelbrot_turn},
};
const u32 workload_count = LENGTH(workloads);
