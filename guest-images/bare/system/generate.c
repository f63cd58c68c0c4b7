/*
 * A generator of little functions, as a just-in-time compiler would write them: from eax and ecx to eax and ecx.  Beside
 * the code it can say what the code must compute, so that a stale translation is found out.
 */
#include "generate.h"

enum operation { ADD, XOR, SUBTRACT, ROTATE, MULTIPLY, ADD_REGISTER, XOR_REGISTER, ADD_IF_BELOW, TURN_ABOUT, OPERATIONS };
enum { OPCODE_BYTES_MOST = 6 };

/* Everything but the immediates, which follow. */
static const struct {
  u8 length, bytes[OPCODE_BYTES_MOST], immediate;
} encodings[OPERATIONS] = {
    [ADD] = {1, {0x05}, 4},                                            /* addl $i, %eax */
    [XOR] = {1, {0x35}, 4},                                            /* xorl $i, %eax */
    [SUBTRACT] = {2, {0x81, 0xe9}, 4},                                 /* subl $i, %ecx */
    [ROTATE] = {2, {0xc1, 0xc0}, 1},                                   /* roll $i, %eax */
    [MULTIPLY] = {2, {0x69, 0xc0}, 4},                                 /* imull $i, %eax, %eax */
    [ADD_REGISTER] = {2, {0x01, 0xc8}, 0},                             /* addl %ecx, %eax */
    [XOR_REGISTER] = {2, {0x31, 0xc1}, 0},                             /* xorl %eax, %ecx */
    [ADD_IF_BELOW] = {6, {0x39, 0xc8, 0x73, 0x02, 0x01, 0xc8}, 0},     /* cmpl %ecx, %eax; jae 1f; addl %ecx, %eax; 1: */
    [TURN_ABOUT] = {4, {0x50, 0x01, 0xc8, 0x59}, 0},                   /* pushl %eax; addl %ecx, %eax; popl %ecx */
};
enum { RETURN = 0xc3 };

static struct pair compute(enum operation operation, u32 immediate, struct pair in) {
  u32 a = in.a, c = in.c, turn = immediate & 31;
  switch (operation) {
    case ADD: return (struct pair){a + immediate, c};
    case XOR: return (struct pair){a ^ immediate, c};
    case SUBTRACT: return (struct pair){a, c - immediate};
    case ROTATE: return (struct pair){turn ? a << turn | a >> (32 - turn) : a, c};
    case MULTIPLY: return (struct pair){a * immediate, c};
    case ADD_REGISTER: return (struct pair){a + c, c};
    case XOR_REGISTER: return (struct pair){a, c ^ a};
    case ADD_IF_BELOW: return (struct pair){a < c ? a + c : a, c};
    default: return (struct pair){a + c, a};
  }
}

static enum operation choose(u32 *random, u32 *immediate) {
  enum operation operation = (next_random(random) >> 8) % OPERATIONS;
  *immediate = next_random(random) | 1;
  return operation;
}

u8 *generate(u8 *to, u32 random, u32 operations) {
  while (operations--) {
    u32 immediate;
    enum operation operation = choose(&random, &immediate);
    for (u32 i = 0; i < encodings[operation].length; i++) *to++ = encodings[operation].bytes[i];
    for (u32 i = 0; i < encodings[operation].immediate; i++) *to++ = immediate >> 8 * i;
  }
  *to++ = RETURN;
  return to;
}

struct pair predict(u32 random, u32 operations, struct pair values) {
  while (operations--) {
    u32 immediate;
    enum operation operation = choose(&random, &immediate);
    values = compute(operation, immediate, values);
  }
  return values;
}
