/** Environments and save areas: what is written where, and that reading it back restores everything. */

import { beforeEach, describe, expect, it } from 'vitest';
import { FAULT, NEXT } from '../../../../core/x86/service.ts';
import { memoryMap, segmentLayout, stateLayout } from '../../../../core/x86/state.ts';
import { unitOf } from '../../../../core/x86/x87/unit.ts';
import { Bench, hexOf, OPERAND, WINDOW } from './bench.ts';

const at = stateLayout.at;
const codes = {
  fninit: 'dbe3',
  fld1: 'd9e8',
  fldpi: 'd9eb',
  fldz: 'd9ee',
  fnstenv: 'd93500040020',
  fldenv: 'd92500040020',
  fnsave: 'dd3500040020',
  frstor: 'dd2500040020',
  fnsave16: '66dd3500040020',
  frstor16: '66dd2500040020',
  fxsave: '0fae0500040020',
  fxrstor: '0fae0d00040020',
};
const CR4_OSFXSR = 1 << 9;
const GENERAL_PROTECTION = 13;

const ways = [
  { how: 'as a whole', placesKnown: true },
  { how: 'access by access', placesKnown: false },
];

describe.each(ways)('the x87 saved and restored $how', ({ placesKnown }) => {
  let bench: Bench;
  const run = (name: keyof typeof codes) => bench.execute(codes[name]);
  const memory = (from: number, bytes: number) => {
    const start = memoryMap.ram + OPERAND - WINDOW + from;
    return hexOf(bench.state.u8.subarray(start, start + bytes));
  };
  const fpu = () => hexOf(bench.state.u8.subarray(at.fpu, at.mxcsr));

  beforeEach(() => {
    bench = new Bench();
    bench.placesKnown = placesKnown;
    run('fninit');
    run('fld1');
    run('fldz');
    run('fldpi');
    bench.state.set(at.fpuInstruction, 0x1111_2222);
    bench.state.set(at.fpuInstructionSelector, 0x23);
    bench.state.set(at.fpuOperand, 0x3333_4444);
    bench.state.set(at.fpuOperandSelector, 0x2b);
    bench.state.set(at.fpuOpcode, 0x5a5);
  });

  it('fnstenv writes seven dwords and masks every exception', () => {
    unitOf(bench.state).control = 0x340;
    expect(run('fnstenv')).toBe(NEXT);
    // control, status (top 5), tags (R7 valid, R6 zero, R5 valid), eip, opcode:cs, operand, selector
    const words = ['4003ffff', '0028ffff', 'ff13ffff', '22221111', '2300a505', '44443333', '2b00ffff'];
    expect(memory(0, 28)).toBe(words.join(''));
    expect(unitOf(bench.state).control).toBe(0x37f);
  });

  it('fnsave and frstor restore all but what 16 bits cannot hold', () => {
    for (const [save, restore] of [
      ['fnsave', 'frstor'],
      ['fnsave16', 'frstor16'],
    ] as const) {
      const registers = hexOf(bench.state.u8.subarray(at.fpu, at.fpuControl));
      const status = unitOf(bench.state).status;
      run(save);
      expect([unitOf(bench.state).control, unitOf(bench.state).status, unitOf(bench.state).empty]).toEqual([
        0x37f, 0, 0xff,
      ]);
      expect(bench.state.get(at.fpuInstruction)).toBe(0);
      bench.state.u8.fill(0, at.fpu, at.fpuControl);
      expect(run(restore)).toBe(NEXT);
      expect(hexOf(bench.state.u8.subarray(at.fpu, at.fpuControl))).toBe(registers);
      expect([unitOf(bench.state).status, unitOf(bench.state).empty]).toEqual([status, 0x1f]);
      expect(bench.state.get(at.fpuInstruction)).toBe(save === 'fnsave' ? 0x1111_2222 : 0x2222);
      expect(bench.state.get(at.fpuInstructionSelector)).toBe(0x23);
    }
  });

  it('fxsave lays registers out in stack order with one tag bit each', () => {
    bench.state.set(at.mxcsr, 0x1f80);
    expect(run('fxsave')).toBe(NEXT);
    expect(memory(0, 32)).toBe(`7f030028e000a5052222111123000000444433332b000000801f0000ffff0000`);
    expect(memory(32, 16)).toBe('35c26821a2da0fc90040000000000000'); // ST(0) is π
    expect(memory(64, 16)).toBe('0000000000000080ff3f000000000000'); // ST(2) is 1
  });

  it('fxsave saves xmm registers only where the system asked for it, and fxrstor brings everything back', () => {
    bench.state.u8.fill(0x5a, at.xmm, at.xmm + 128);
    run('fxsave');
    expect(memory(160, 128)).toBe('00'.repeat(128));
    bench.state.set(at.cr4, CR4_OSFXSR);
    run('fxsave');
    expect(memory(160, 128)).toBe('5a'.repeat(128));
    const before = fpu();
    run('fninit');
    run('fldz');
    bench.state.u8.fill(0, at.xmm, at.xmm + 128);
    bench.state.set(at.mxcsr, 0);
    expect(run('fxrstor')).toBe(NEXT);
    expect(fpu()).toBe(before);
    expect(bench.state.u8[at.xmm + 127]).toBe(0x5a);
  });

  it('fxrstor refuses reserved mxcsr bits, and both refuse a crooked address, changing nothing', () => {
    bench.state.set(at.cr4, CR4_OSFXSR);
    run('fxsave');
    bench.state.u8[memoryMap.ram + OPERAND - WINDOW + 26] = 1;
    run('fldz');
    const before = fpu();
    expect(run('fxrstor')).toBe(FAULT);
    expect([bench.state.get(at.faultVector), bench.state.get(at.faultError)]).toEqual([GENERAL_PROTECTION, 0]);
    bench.state.set(at.segments + 3 * segmentLayout.bytes + segmentLayout.at.base, 8);
    for (const name of ['fxsave', 'fxrstor'] as const) {
      bench.state.set(at.faultVector, 0);
      expect(run(name)).toBe(FAULT);
      expect(bench.state.get(at.faultVector)).toBe(GENERAL_PROTECTION);
    }
    expect(fpu()).toBe(before);
  });

  it('fldenv turns the stack without moving the registers', () => {
    run('fnstenv');
    const pi = bench.register(0);
    run('fninit');
    run('fldenv');
    expect(bench.register(0)).toBe(pi);
    expect(unitOf(bench.state).empty).toBe(0x1f);
  });
});
