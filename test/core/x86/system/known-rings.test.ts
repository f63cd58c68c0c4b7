/** How often a service is asked for what generated code may repeat, and what it is still asked for. */

import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemServices } from '../../../../core/x86/system/services.ts';
import { place, selector } from './test-board.ts';
import { type Single, Walker } from './walker.ts';

describe('a service', () => {
  afterEach(() => vi.restoreAllMocks());

  /** How often services ran while `what` was done a hundred times. */
  function callsOf(mnemonics: readonly string[], prepare: (walker: Walker) => void, ...what: Single[]): number[] {
    const spies = mnemonics.map((mnemonic) => vi.spyOn(systemServices, mnemonic));
    const walker = new Walker(true);
    prepare(walker);
    for (let round = 0; round < 100; round++) for (const name of what) walker.single(name);
    return spies.map((spy) => spy.mock.calls.length);
  }

  it('is asked about a ring change once', () => {
    const calls = callsOf(
      ['int', 'iret'],
      (walker) => walker.vector(0x80, selector.code0, place.code, 0xe, 3),
      'call',
      'iret',
    );
    expect(calls).toEqual([1, 1]);
  });

  it('is asked about a ring change from ring 1 once', () => {
    const prepare = (walker: Walker) => {
      walker.vector(0x80, selector.code0, place.code, 0xe, 3);
      walker.enter(1);
    };
    expect(callsOf(['int', 'iret'], prepare, 'call', 'iret')).toEqual([1, 1]);
  });

  it.each([0, 1, 3] as const)('is asked about an interrupt within ring %i once', (ring) => {
    const prepare = (walker: Walker) => {
      walker.vector(0x80, [selector.code0, selector.code1, 0, selector.code3][ring], place.code, 0xe, 3);
      walker.enter(ring);
    };
    expect(callsOf(['int', 'iret'], prepare, 'call', 'iret')).toEqual([1, 1]);
  });

  it('is asked once, however often the stack pointer in the TSS changes', () => {
    const int = vi.spyOn(systemServices, 'int');
    const walker = new Walker(true);
    walker.vector(0x80, selector.code0, place.code, 0xe, 3);
    for (let round = 1; round <= 100; round++) {
      walker.memory.write32(place.tss + 4, place.stack0 + 32 * round);
      walker.enter(3);
      walker.single('call');
      expect(walker.registers.esp).toBe(place.stack0 + 32 * round - 20);
    }
    expect(int.mock.calls.length).toBe(1);
  });

  it('is asked about a stack that is not flat whenever its pointer changes', () => {
    const walker = new Walker(true);
    walker.vector(0x80, selector.code0, place.code, 0xe, 3);
    walker.vector(12, selector.code0, place.code + 1, 0xe, 3);
    walker.descriptor(selector.data0, 0, 0xfffff, 0x409300);
    const top = (pointer: number) => {
      walker.memory.write32(place.tss + 4, pointer);
      walker.enter(3);
      return walker.single('call');
    };
    top(place.stack0);
    expect(top(place.stack0).why).toBe('budget spent');
    expect(top(0x200000).why).toBe('shut down');
  });

  it('is asked about a segment, a task register and a space once', () => {
    const prepare = (walker: Walker) => {
      walker.enter(0);
      walker.registers.eax = selector.data0;
    };
    expect(callsOf(['movseg'], prepare, 'loadEs')).toEqual([1]);
    const inSpace = (walker: Walker) => {
      walker.enter(0);
      walker.registers.eax = place.directory;
    };
    expect(callsOf(['movcr'], inSpace, 'loadSpace', 'readCr2')).toEqual([0]);
  });

  it('is asked about a stack of 16 bits, which wraps', () => {
    const walker = new Walker(true);
    const { registers } = walker;
    walker.vector(0x80, selector.code0, place.code, 0xe, 3);
    const below = (rights: number) => {
      walker.enter(0);
      registers.setSegment('ss', { selector: selector.data0, base: 0, limit: 0xffffffff, rights });
      registers.esp = place.stack0 + 0x40;
      walker.single('call');
      return registers.esp;
    };
    expect([below(0xc09300), below(0xc09300)]).toEqual([place.stack0 + 0x34, place.stack0 + 0x34]);
    walker.memory.write32(0x34, 0);
    expect(below(0x809300)).toBe(place.stack0 + 0x34);
    expect(walker.memory.read32(0x34)).not.toBe(0);
  });

  it('is not asked about a breakpoint that is known, nor about TS', () => {
    const prepare = (walker: Walker) => walker.vector(3, selector.code0, place.code, 0xe, 3);
    expect(callsOf(['int3', 'iret'], prepare, 'breakpoint', 'iret')).toEqual([1, 1]);
    const inRing0 = (walker: Walker) => {
      walker.enter(0);
      walker.registers.eax = walker.registers.cr0 | 8;
    };
    expect(callsOf(['movcr', 'clts'], inRing0, 'writeCr0', 'clearTaskSwitched')).toEqual([0, 0]);
  });

  it('is asked about ss once', () => {
    const prepare = (walker: Walker) => {
      walker.enter(0);
      walker.registers.eax = selector.data0;
    };
    expect(callsOf(['movseg'], prepare, 'loadSs', 'loadDs')).toEqual([2]);
  });

  it('opens no gate to software because an interrupt came through', () => {
    const walker = new Walker(true);
    walker.vector(0x80, selector.code0, place.code, 0xe, 0);
    for (let round = 0; round < 2; round++) {
      walker.enter(3);
      walker.registers.eflags = 0x202;
      walker.board.raiseInterrupt(0x80);
      walker.board.run(0);
      expect(walker.registers.cpl).toBe(0);
    }
    walker.enter(3);
    walker.vector(13, selector.code1, place.code, 0xe, 0);
    walker.single('call');
    expect(walker.registers.cpl).toBe(1);
    expect(walker.memory.read32(walker.registers.esp)).toBe(0x80 * 8 + 2);
  });

  it('still ends a return at the limit of the code segment', () => {
    const walker = new Walker(true);
    walker.vector(0x80, selector.code0, place.code, 0xe, 3);
    walker.descriptor(selector.code3, 0, 0xfffff, 0x40fb00);
    const there = (eip: number) => {
      walker.enter(3);
      walker.single('call');
      walker.memory.write32(walker.registers.esp, eip);
      walker.single('iret');
      return walker.registers.eip;
    };
    expect([there(0xfffff), there(0xfffff)]).toEqual([0xfffff, 0xfffff]);
    walker.vector(13, selector.code0, place.code + 1, 0xe, 0);
    expect(there(0x100000)).toBe(place.code + 1);
  });
});
