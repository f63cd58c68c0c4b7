/** Moves, exchanges, widenings and the stack (SDM 2A, 2B). */

import type { Machine, Meaning, Value } from './machine.ts';

const EAX = 0;
const EDX = 2;
const EBX = 3;
const ESP = 4;
const EBP = 5;

export const mov: Meaning = (m, to, from) => m.write(to, m.read(from));
export const movzx: Meaning = (m, to, from) => m.write(to, m.read(from));
export const movsx: Meaning = (m, to, from) => m.write(to, m.signExtend(m.read(from), from.size));
export const lea: Meaning = (m, to, from) => m.write(to, m.offsetOf(from));
export const nop: Meaning = () => {};

export const xchg: Meaning = (m, a, b) => {
  const left = m.read(a);
  const right = m.read(b);
  if (b.kind === 'memory') m.write(b, left);
  m.write(a, right);
  if (b.kind !== 'memory') m.write(b, left);
};

/** BSWAP of a 16-bit register is undefined; this gives zero, as the silicon does. */
export const bswap: Meaning = (m, to) => {
  if (m.size !== 4) return m.write(to, m.constant(0));
  const value = m.read(to);
  const odd = m.and(m.rotateLeft(value, m.constant(8)), m.constant(0x00ff00ff));
  const even = m.and(m.rotateLeft(value, m.constant(24)), m.constant(0xff00ff00 | 0));
  m.write(to, m.or(odd, even));
};

/** CBW, CWDE. */
export const cwde: Meaning = (m) =>
  m.setRegister(EAX, m.signExtend(m.register(EAX, m.size === 4 ? 2 : 1), m.size === 4 ? 2 : 1));
/** CWD, CDQ. */
export const cdq: Meaning = (m) =>
  m.setRegister(EDX, m.shiftRightSigned(m.signExtend(m.register(EAX), m.size), m.constant(31)));

/** XLAT: the operand is [ebx + al], which the engine cannot see in the encoding. */
export const xlat: Meaning = (m, table) => {
  const byte = m.read(m.displace(table, m.add(m.register(EBX, m.addressSize), m.register(EAX, 1))));
  m.setRegister(EAX, byte, 1);
};

/** PUSH esp pushes what esp was before. */
export const push: Meaning = (m, from) => m.push(m.read(from), m.size);

/** POP to memory computes its address after esp has moved (SDM 2B), and must not move it if the store faults. */
export const pop: Meaning = (m, to) => {
  const value = m.readStackAt(m.register(ESP, m.stackSize), m.size);
  const step = m.constant(m.size);
  if (to.kind === 'memory') {
    m.write(to, value);
    m.dropStack(step);
  } else {
    m.dropStack(step);
    m.write(to, value);
  }
};

export const leave: Meaning = (m) => {
  const frame = m.register(EBP, m.stackSize);
  const value = m.readStackAt(frame, m.size);
  m.setRegister(ESP, m.add(frame, m.constant(m.size)), m.stackSize);
  m.setRegister(EBP, value);
};

const truncated = (m: Machine, offset: Value) => (m.size === 2 ? m.zeroExtend(offset, 2) : offset);

export const jmp: Meaning = (m, target) => {
  if (target.kind === 'relative') m.jump(target);
  else m.jumpTo(truncated(m, m.read(target)));
};

export const call: Meaning = (m, target) => {
  if (target.kind === 'relative') {
    m.push(m.next(), m.size);
    m.jump(target);
  } else {
    const offset = truncated(m, m.read(target));
    m.push(m.next(), m.size);
    m.jumpTo(offset);
  }
};

export const ret: Meaning = (m, extra) => {
  const offset = m.readStackAt(m.register(ESP, m.stackSize), m.size);
  const step = m.constant(m.size);
  m.dropStack(extra ? m.add(step, m.zeroExtend(m.read(extra), 2)) : step);
  m.jumpTo(truncated(m, offset));
};

export const jcc: Meaning = (m, target) => m.jumpIf(m.condition(), target);

const ECX = 1;

export const jcxz: Meaning = (m, target) => m.jumpIf(m.isZero(m.register(ECX, m.addressSize)), target);

/** LOOPcc counts in CX or ECX as the address size says, and touches no flag. */
const looping =
  (also: ((m: Machine) => Value) | null): Meaning =>
  (m, target) => {
    const left = m.zeroExtend(m.sub(m.register(ECX, m.addressSize), m.constant(1)), m.addressSize);
    const more = m.notEqual(left, m.constant(0));
    const taken = also ? m.and(more, also(m)) : more;
    m.setRegister(ECX, left, m.addressSize);
    m.jumpIf(taken, target);
  };

export const loop = looping(null);
export const loope = looping((m) => m.flag('zero'));
export const loopne = looping((m) => m.isZero(m.flag('zero')));
