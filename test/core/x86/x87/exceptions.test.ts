/**
 * When the x87 refuses: no unit, an old exception waiting, a page that is not there, and what it remembers of the
 * instruction that went wrong.
 */

import { beforeEach, describe, expect, it } from 'vitest';
import { FAULT, NEXT } from '../../../../core/x86/service.ts';
import { memoryMap, segmentLayout, stateLayout } from '../../../../core/x86/state.ts';
import { resetX87, x87Services } from '../../../../core/x86/x87/services.ts';
import { unitOf } from '../../../../core/x86/x87/unit.ts';
import { Bench, instructionAt, OPERAND, WINDOW, WINDOW_BYTES } from './bench.ts';

const at = stateLayout.at;
const cr0 = { monitor: 2, emulation: 4, taskSwitched: 8 };
const DEVICE_NOT_AVAILABLE = 7;
const PAGE_FAULT = 14;
const MATH_FAULT = 16;
const ONE = '3fff8000000000000000';
const waitCode = '9b';

/** A memory form at any address: the first byte and /digit of one at OPERAND, and where to instead. */
function aimedAt(address: number, firstBytes: string): string {
  return firstBytes + [0, 8, 16, 24].map((shift) => ((address >>> shift) & 255).toString(16).padStart(2, '0')).join('');
}

describe('the x87 refuses', () => {
  let bench: Bench;
  const word = (offset: number) => bench.state.get(offset);
  const run = (code: string) => bench.execute(code);
  const vector = () => word(at.faultVector);

  beforeEach(() => {
    bench = new Bench();
    run('dbe3'); // fninit
  });

  it.each(['d8c1', 'd9d0', 'dbe3', 'dfe0', 'dbe2', aimedAt(OPERAND, 'd92d')])(
    '%s while cr0.TS or cr0.EM is set',
    (code) => {
      for (const bit of [cr0.taskSwitched, cr0.emulation]) {
        bench.state.set(at.cr0, bit);
        expect(run(code)).toBe(FAULT);
        expect(vector()).toBe(DEVICE_NOT_AVAILABLE);
        expect(word(at.faultError)).toBe(0xffff_ffff);
      }
    },
  );

  it('fwait only when both TS and MP are set', () => {
    for (const bits of [cr0.taskSwitched, cr0.emulation, cr0.monitor]) {
      bench.state.set(at.cr0, bits);
      expect(run(waitCode)).toBe(NEXT);
    }
    bench.state.set(at.cr0, cr0.taskSwitched | cr0.monitor);
    expect(run(waitCode)).toBe(FAULT);
    expect(vector()).toBe(DEVICE_NOT_AVAILABLE);
  });

  describe('the instruction after an unmasked division by zero', () => {
    beforeEach(() => {
      run('d9e8'); // fld1
      run('d9ee'); // fldz
      unitOf(bench.state).control = 0x37b; // zero divide unmasked
      expect(run('dcf9')).toBe(NEXT); // fdiv st1, st0: writes the exception down and leaves the operands alone
    });

    it('finds it in the status word, and the operands as they were', () => {
      expect(bench.register(1)).toBe(ONE);
      expect(unitOf(bench.state).status & 0x80ff).toBe(0x8084);
    });

    it.each([waitCode, 'd9e8', 'd9d0', aimedAt(OPERAND, 'd92d'), aimedAt(OPERAND, 'd925')])('%s takes #MF', (code) => {
      expect(run(code)).toBe(FAULT);
      expect(vector()).toBe(MATH_FAULT);
    });

    it.each(['dbe2', 'dbe3', 'dfe0', aimedAt(OPERAND, 'd93d'), aimedAt(OPERAND, 'd935')])(
      '%s does not wait',
      (code) => {
        expect(run(code)).toBe(NEXT);
      },
    );

    it('runs again once fnclex has cleared it', () => {
      run('dbe2');
      expect(run('d9e8')).toBe(NEXT);
      expect(unitOf(bench.state).status & 0x80ff).toBe(0);
    });

    it('faults when fldcw uncovers an exception that was masked when it happened', () => {
      run('dbe2');
      unitOf(bench.state).control = 0x37f;
      run('dcf9');
      expect(run(waitCode)).toBe(NEXT);
      bench.state.u8.set([0x7b, 0x03], memoryMap.ram + OPERAND - WINDOW);
      run(aimedAt(OPERAND, 'd92d')); // fldcw
      expect(run(waitCode)).toBe(FAULT);
    });
  });

  const edge = WINDOW + WINDOW_BYTES;
  const stores: [string, string, number][] = [
    ['fstp m32', 'd91d', 4],
    ['fstp m64', 'dd1d', 8],
    ['fstp m80', 'db3d', 10],
    ['fistp m64', 'df3d', 8],
    ['fbstp', 'df35', 10],
    ['fnstenv', 'd935', 28],
    ['fnsave', 'dd35', 108],
  ];
  it.each(stores)('%s across the end of memory, and nothing has changed', (_name, firstBytes, bytes) => {
    run('d9eb'); // fldpi
    for (let inside = 0; inside < bytes; inside += 2) {
      const before = [...bench.state.u8.slice(at.fpu, at.mxcsr)];
      const memory = [...bench.state.u8.slice(memoryMap.ram, memoryMap.ram + WINDOW_BYTES)];
      expect(run(aimedAt(edge - inside, firstBytes))).toBe(FAULT);
      expect(vector()).toBe(PAGE_FAULT);
      expect([...bench.state.u8.slice(at.fpu, at.mxcsr)]).toEqual(before);
      expect([...bench.state.u8.slice(memoryMap.ram, memoryMap.ram + WINDOW_BYTES)]).toEqual(memory);
    }
    expect(run(aimedAt(edge - bytes, firstBytes))).toBe(NEXT);
  });

  const loads: [string, string, number][] = [
    ['fld m64', 'dd05', 8],
    ['fld m80', 'db2d', 10],
    ['fild m64', 'df2d', 8],
    ['fbld', 'df25', 10],
    ['fadd m64', 'dc05', 8],
    ['fldenv', 'd925', 28],
    ['frstor', 'dd25', 108],
  ];
  it.each(loads)('%s across the end of memory, and nothing has changed', (_name, firstBytes, bytes) => {
    const before = [...bench.state.u8.slice(at.fpu, at.mxcsr)];
    for (let inside = 0; inside < bytes; inside += 2) {
      expect(run(aimedAt(edge - inside, firstBytes))).toBe(FAULT);
      expect([...bench.state.u8.slice(at.fpu, at.mxcsr)]).toEqual(before);
    }
  });
});

describe('the x87 remembers', () => {
  const bench = new Bench();
  const selector = (segment: number) => at.segments + segment * segmentLayout.bytes + segmentLayout.at.selector;

  it('where the last instruction was, and its operand, but not of control instructions', () => {
    bench.execute('dbe3');
    bench.state.set(selector(1), 0x23);
    bench.state.set(selector(3), 0x2b);
    bench.execute(aimedAt(OPERAND, 'd905')); // fld m32
    bench.state.set(selector(1), 0x73);
    bench.execute('dfe0'); // fnstsw ax
    const read = (offset: number) => bench.state.get(offset);
    expect(read(at.fpuInstruction)).toBe(read(at.eip));
    expect(read(at.fpuInstructionSelector)).toBe(0x23);
    expect(read(at.fpuOperand)).toBe(OPERAND);
    expect(read(at.fpuOperandSelector)).toBe(0x2b);
    bench.execute('d9e8'); // fld1 has no operand, and the last one stays
    expect(read(at.fpuInstructionSelector)).toBe(0x73);
    expect(read(at.fpuOperand)).toBe(OPERAND);
  });

  it.each([
    ['fstp m32', 'd91d'],
    ['fstp m80', 'db3d'],
    ['fistp m32', 'db1d'],
    ['fbstp', 'df35'],
  ])('the operand of %s, though an unmasked exception kept it from being written', (_name, firstBytes) => {
    bench.execute('dbe3');
    bench.execute(aimedAt(OPERAND, 'd905')); // fld m32
    bench.execute('d9c0');
    bench.execute('ddd8');
    bench.execute('ddd8'); // nothing is left on the stack
    unitOf(bench.state).control = 0x37e;
    bench.execute(aimedAt(OPERAND + 8, firstBytes));
    expect(bench.state.get(at.fpuOperand)).toBe(OPERAND + 8);
  });

  it('the opcode of an instruction that raised an unmasked exception', () => {
    const code = [0x66, 0xdc, 0xf9]; // fdiv st1, st0 behind a prefix
    bench.execute('dbe3');
    bench.execute('d9e8');
    bench.execute('d9ee');
    unitOf(bench.state).control = 0x37b;
    bench.state.u8.set(code, memoryMap.ram);
    const access = { ...bench.processor.access, translateFetch: (linear: number) => linear - bench.state.get(at.eip) };
    const instruction = instructionAt('66dcf9');
    x87Services.fdiv({ ...bench.processor, access }, instruction!);
    expect(bench.state.get(at.fpuOpcode)).toBe(0x4f9);
  });

  it('nothing, after a reset', () => {
    resetX87(bench.state);
    const unit = unitOf(bench.state);
    expect([unit.control, unit.status, unit.empty]).toEqual([0x40, 0, 0]);
    expect(bench.state.get(at.mxcsr)).toBe(0x1f80);
    expect(bench.register(0)).toBe('0'.repeat(20));
    expect(bench.state.get(at.fpuInstruction)).toBe(0);
  });
});
