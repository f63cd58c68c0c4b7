/**
 * String instructions without a repeat prefix (SDM 1 7.3.9).  What esi and edi point at comes as operands
 * (implied-operands.ts); here is what is done with it, and that both move on, up or down as DF says.
 */

import { compare } from './comparison.ts';
import type { Machine, Meaning } from './machine.ts';

const EAX = 0;
const ESI = 6;
const EDI = 7;

/** One element further: size bytes up, or as many down. */
function advance(m: Machine, ...pointers: number[]): void {
  const twice = m.shiftLeft(m.direction(), m.constant(Math.log2(2 * m.size)));
  const step = m.sub(m.constant(m.size), twice);
  for (const pointer of pointers)
    m.setRegister(pointer, m.add(m.register(pointer, m.addressSize), step), m.addressSize);
}

export const movs: Meaning = (m, to, from) => {
  m.write(to, m.read(from));
  advance(m, ESI, EDI);
};

export const stos: Meaning = (m, to) => {
  m.write(to, m.register(EAX));
  advance(m, EDI);
};

export const lods: Meaning = (m, from) => {
  const value = m.read(from);
  advance(m, ESI);
  m.setRegister(EAX, value);
};

/** Where both would fault, silicon complains of es:edi; the manual does not say. */
export const cmps: Meaning = (m, left, right) => {
  const b = m.read(right);
  const a = m.read(left);
  advance(m, ESI, EDI);
  compare(m, a, b);
};

export const scas: Meaning = (m, right) => {
  const a = m.register(EAX);
  const b = m.read(right);
  advance(m, EDI);
  compare(m, a, b);
};
