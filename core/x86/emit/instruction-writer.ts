/** Single WebAssembly instructions, with what follows their opcode (core spec 5.4). */

import type { ByteWriter } from './bytes.ts';
import { wasm } from './wasm-opcodes.ts';

const ALIGNMENT_UNKNOWN = 0;
/** What follows: nothing, an alignment and an offset, an index, a constant, or a type and a table. */
const MEMORY = 1;
const INDEX = 2;
const CONSTANT = 3;
const WIDE_CONSTANT = 4;
const INDIRECT = 5;

const operandOf = new Uint8Array(256);
operandOf.fill(MEMORY, wasm.i32Load, wasm.i32Store16 + 1);
operandOf.fill(INDEX, wasm.localGet, wasm.localTee + 1);
operandOf[wasm.call] = operandOf[wasm.returnCall] = INDEX;
operandOf[wasm.callIndirect] = operandOf[wasm.returnCallIndirect] = INDIRECT;
operandOf[wasm.i32Const] = CONSTANT;
operandOf[wasm.i64Const] = WIDE_CONSTANT;

export function writeInstruction(opcode: number, immediate: number, out: ByteWriter, second: number): void {
  if (opcode > 0xff) {
    writeBulkInstruction(opcode, out);
    return;
  }
  out.byte(opcode);
  const operand = operandOf[opcode];
  if (operand === 0) return;
  if (operand === CONSTANT) out.signed(immediate);
  else if (operand === WIDE_CONSTANT) out.signed64(BigInt(immediate));
  else if (operand === MEMORY) {
    out.byte(ALIGNMENT_UNKNOWN);
    out.unsigned(immediate);
  } else {
    out.unsigned(immediate);
    if (operand === INDIRECT) out.unsigned(second);
  }
}

/** Prefix, operation, and the memories it works on: ours is number 0, in a copy twice (core spec 5.4.7). */
function writeBulkInstruction(opcode: number, out: ByteWriter): void {
  out.byte(opcode >>> 8);
  out.byte(opcode & 0xff);
  out.byte(0);
  if (opcode === wasm.memoryCopy) out.byte(0);
}
