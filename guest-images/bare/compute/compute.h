/* The turns of the compute workloads, for the table. */
#pragma once
#include "../bare.h"

enum { CHASE_STEPS = 65536, CALLS_ACROSS = 64000, CALLS_INDIRECT = 60000 };

u32 integer_turn(u32 number);
u32 sort_turn(u32 number);
u32 matrix_turn(u32 number);
u32 crc_turn(u32 number);
u32 list_turn(u32 number);
u32 strings_turn(u32 number);
u32 states_turn(u32 number);
u32 sieve_turn(u32 number);
u32 copy_turn(u32 number);
u32 movs_turn(u32 number);
u32 chase_turn(u32 number);
u32 fib_turn(u32 number);
u32 bytecode_turn(u32 number);
u32 across_turn(u32 number);
u32 indirect_turn(u32 number);
u32 multiply_turn(u32 number);
u32 divide_turn(u32 number);
u32 nbody_turn(u32 number);
u32 mandelbrot_turn(u32 number);
void prepare_crc(u32 times);
void prepare_copy(u32 times);
void prepare_chase(u32 times);
