import { describe, expect, it } from 'vitest';
import { NEXT } from '../../../../core/x86/service.ts';
import { TestBoard } from './test-board.ts';

describe('what the processor says of itself', () => {
  it('cpuid: an i686 with what it has and nothing else', () => {
    const board = new TestBoard();
    const { registers } = board;
    registers.eax = 0;
    board.execute('cpuid');
    const text = [registers.ebx, registers.edx, registers.ecx];
    expect(String.fromCharCode(...new Uint8Array(new Uint32Array(text).buffer))).toBe('GenuineIntel');
    registers.eax = 1;
    board.execute('cpuid');
    expect((registers.eax >>> 8) & 15).toBe(6);
    expect(registers.edx.toString(16)).toBe('1008939');
  });

  it('rdtsc is the clock, is fenced by TSD, and may be written', () => {
    const board = new TestBoard();
    const { registers } = board;
    board.now = 2 ** 33 + 5;
    board.execute('rdtsc');
    expect([registers.eax, registers.edx]).toEqual([5, 2]);
    Object.assign(registers, { ecx: 0x10, eax: 100, edx: 0 });
    board.execute('wrmsr');
    board.now += 7;
    board.execute('rdtsc');
    expect([registers.eax, registers.edx]).toEqual([107, 0]);
    Object.assign(registers, { eax: 0xffffffff, edx: 0xffffffff });
    board.execute('wrmsr');
    board.now += 2;
    board.execute('rdtsc');
    expect([registers.eax, registers.edx]).toEqual([1, 0]);
    registers.cr4 = 4;
    expect(board.execute('rdtsc')).toBe(NEXT);
    board.enter(3);
    expect(board.execute('rdtsc')).toBe(-1);
    expect(board.fault).toEqual([13, 0]);
  });

  it('an unknown model-specific register is #GP(0)', () => {
    const board = new TestBoard();
    for (const mnemonic of ['rdmsr', 'wrmsr']) {
      board.registers.ecx = 0xc0000080;
      expect(board.execute(mnemonic)).toBe(-1);
      expect(board.fault).toEqual([13, 0]);
    }
    Object.assign(board.registers, { ecx: 0x176, eax: 0xabcd, edx: 0 });
    board.execute('wrmsr');
    board.registers.eax = 0;
    board.execute('rdmsr');
    expect(board.registers.eax).toBe(0xabcd);
  });
});
