import { describe, expect, it } from 'vitest';
import {
  GUEST_RING0_STACK,
  LGUEST_PAGES,
  lguestRegs,
  READ_ONLY_STATE,
  readOnlyState,
  registersPage,
  taskState,
} from '../../../core/switcher/lguest-pages.ts';
import { STUB_BYTES, switcherCode, switcherSymbols } from '../../../core/switcher/switcher-image.ts';

describe("lguest's records lie where lguest laid them (lguest-abi §4, §5)", () => {
  it('lguest_regs', () => {
    expect(lguestRegs.at).toEqual({
      ...{ eax: 0x00, ebx: 0x04, ecx: 0x08, edx: 0x0c, esi: 0x10, edi: 0x14, ebp: 0x18, gs: 0x1c, fs: 0x20 },
      ...{ ds: 0x24, es: 0x28, trapnum: 0x2c, errcode: 0x30, eip: 0x34, cs: 0x38, eflags: 0x3c, esp: 0x40, ss: 0x44 },
    });
    expect(lguestRegs.bytes).toBe(72);
  });

  it('page 0 ends in the registers', () => {
    expect(registersPage.at.registers).toBe(0xfb8);
    expect(registersPage.at.registers + lguestRegs.at.trapnum).toBe(0xfe4);
    expect(registersPage.bytes).toBe(0x1000);
    expect(GUEST_RING0_STACK).toBe(LGUEST_PAGES + 0x1000);
  });

  it('lguest_ro_state, before what is ours', () => {
    const { at } = readOnlyState;
    expect([at.hostCr3, at.hostIdt, at.hostGdt, at.hostSp]).toEqual([0x00, 0x04, 0x0a, 0x10]);
    expect([at.guestIdtPointer, at.guestGdtPointer, at.guestTss]).toEqual([0x14, 0x1a, 0x20]);
    expect([at.guestIdt, at.guestGdt]).toEqual([0x88, 0x888]);
    expect(at.nmiOwed).toBe(2440);
    expect(READ_ONLY_STATE).toBe(LGUEST_PAGES + 0x1000);
  });

  it('the task state segment (SDM 3A 7.2.1)', () => {
    const { at } = taskState;
    expect([at.sp0, at.ss0, at.sp1, at.ss1, at.ioMapBase]).toEqual([4, 8, 12, 16, 102]);
    expect(taskState.bytes).toBe(104);
  });
});

describe('the committed code', () => {
  it('fills its two pages, stubs in the second', () => {
    expect(switcherCode().length).toBe(0x2000);
    expect(switcherSymbols.switch_to_guest).toBe(0xffc00000);
    expect(switcherSymbols.stubs).toBe(0xffc01000);
    expect(switcherSymbols.stub_255 - switcherSymbols.stubs).toBe(255 * STUB_BYTES);
  });

  it('has a tail whose twin is the same up to the door', () => {
    const { walker_tail, walker_door, walker_tail_twin, switch_to_guest } = switcherSymbols;
    const code = switcherCode();
    const length = walker_door - walker_tail;
    const at = (address: number) => code.subarray(address - switch_to_guest, address - switch_to_guest + length);
    expect(length).toBeGreaterThan(0);
    expect(at(walker_tail_twin)).toEqual(at(walker_tail));
  });
});
