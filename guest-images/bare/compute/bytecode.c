/*
 * A bytecode interpreter with threaded dispatch: an indirect jump per operation, which no return stack and no branch
 * history of ours foresees.  Runs a little program: Collatz steps until one, for a range of starting numbers.
 */
#include "compute.h"

enum operation { PUSH, LOAD, STORE, ADD, MULTIPLY, HALVE, IS_ODD, IS_MORE, IF_NOT, GO, DROP_OUT };
enum variable { NUMBER, STEPS, START, LAST, VARIABLES };

static const signed char program[] = {
    /*  0 */ LOAD, START, STORE, NUMBER,
    /*  4 */ LOAD, NUMBER, PUSH, 1, IS_MORE, IF_NOT, 40,
    /* 11 */ LOAD, STEPS, PUSH, 1, ADD, STORE, STEPS,
    /* 18 */ LOAD, NUMBER, IS_ODD, IF_NOT, 33,
    /* 23 */ LOAD, NUMBER, PUSH, 3, MULTIPLY, PUSH, 1, ADD, GO, 36,
    /* 33 */ LOAD, NUMBER, HALVE,
    /* 36 */ STORE, NUMBER, GO, 4,
    /* 40 */ LOAD, START, PUSH, 1, ADD, STORE, START,
    /* 47 */ LOAD, START, LOAD, LAST, IS_MORE, IF_NOT, 0,
    /* 54 */ DROP_OUT,
};

#define NEXT goto *targets[(u32)*at++]

static void interpret(u32 *variables) {
  static const void *const targets[] = {
      [PUSH] = &&push,   [LOAD] = &&load,     [STORE] = &&store,     [ADD] = &&add,       [MULTIPLY] = &&multiply,
      [HALVE] = &&halve, [IS_ODD] = &&is_odd, [IS_MORE] = &&is_more, [IF_NOT] = &&if_not, [GO] = &&go,
      [DROP_OUT] = &&drop_out,
  };
  const signed char *at = program;
  u32 stack[8], *top = stack;
  NEXT;
push: *++top = *at++; NEXT;
load: *++top = variables[(u32)*at++]; NEXT;
store: variables[(u32)*at++] = *top--; NEXT;
add: top--, *top += top[1]; NEXT;
multiply: top--, *top *= top[1]; NEXT;
halve: *top >>= 1; NEXT;
is_odd: *top &= 1; NEXT;
is_more: top--, *top = *top > top[1]; NEXT;
if_not: at = *top-- ? at + 1 : program + *at; NEXT;
go: at = program + *at; NEXT;
drop_out:
  return;
}

u32 bytecode_turn(u32 number) {
  u32 first = 1 + number * 97, last = first + 96, steps = 0;
  u32 variables[VARIABLES] = {[START] = first, [LAST] = last};
  interpret(variables);
  for (u32 start = first; start <= last; start++)
    for (u32 n = start; n > 1; n = n & 1 ? 3 * n + 1 : n >> 1) steps++;
  if (variables[STEPS] != steps) failed("the program counted wrong");
  return mix(steps, variables[NUMBER]);
}
