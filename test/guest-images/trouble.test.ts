/** Every way of misbehaving ends in a reason that names the deed, the same off and on, and disturbs nobody else. */

import { describe, expect, test } from 'vitest';
import { boot, bootTogether, poweredOff } from './boot-sample.ts';

/** What the reason must say. A fault that comes back to the guest makes it end itself with `mode=…`. */
const reasons: Record<string, RegExp> = {
  'before-init': /hypercall 0x4 before LGUEST_INIT/,
  'init-beyond': /LGUEST_INIT with 0xfffff000/,
  'init-wrap': /LGUEST_INIT with 0xfffffd48/,
  'init-nothing': /LGUEST_INIT with 0x2000/,
  'kernel-address': /0xfffff000 as its kernel_address/,
  'unknown-hypercall': /hypercall 0x63/,
  'ancient-hypercall': /hypercall 0xb/,
  'init-twice': /LGUEST_INIT a second time/,
  'shutdown-pointer': /last words at 0xffffff00/,
  'escape-codes': /^[\x20-\x7e]*died in colour$/,
  'notify-nowhere': /notified 0xffffff00/,
  'tls-pointer': /descriptors from 0xffffff00/,
  'set-pgd-index': /page directory entry 0x40000000/,
  'clock-storm': /mode=clock-storm .* rang as often/,
  'ring-unknown': /hypercall 0x63/,
  'ring-init': /LGUEST_INIT a second time/,
  'ring-full': /mode=ring-full .* all of them were made/,
  'ring-switch': /page directory at 0xfffff000/,
  'ring-shutdown': /mode=ring-shutdown/,
  'pte-switcher': /map 0xff[0-9a-f]{6}, where the Switcher lives/,
  'pte-beyond': /bad page table entry 0xfffff063 for address 0xf0000000/,
  'pte-unsaid': /bad page table entry 0xfffff063 for address 0xf0000000/,
  'pde-beyond': /bad page directory entry 0xfffff063 for address 0xf0000000/,
  'pde-large': /bad page directory entry 0xe3 for address 0xf0000000/,
  'pde-recursive': /mode=pde-recursive .* \d+ of its tables could be read as pages/,
  'cr3-beyond': /page directory at 0xfffff000/,
  'cr3-nonsense': /no memory for its stack at 0xc01[0-9a-f]{5}/,
  'kernel-address-later': /mode=kernel-address-later .* trap 14 \(error 6\) came back from ring 3/,
  'jump-nowhere': /mode=jump-nowhere .* trap 14 \(error 0, address 20000000\)/,
  'gdt-index': /GDT entry 0x20/,
  'gdt-task-state': /system descriptor 0x[0-9a-f]{8}:0x[0-9a-f]+ into GDT entry 0x14/,
  'gdt-task-gate': /system descriptor 0xa500:0x800000 into GDT entry 0x14/,
  'gdt-call-gate': /system descriptor 0xec00:0x500000 into GDT entry 0x14/,
  'gdt-vanishing': /cannot be entered .* ds 0xa1/,
  'idt-index': /gate 0x100/,
  'idt-task-gate': /gate 0xd .* neither an interrupt nor a trap gate/,
  'no-gate': /no handler for trap 0x6/,
  'no-fault-gate': /no handler for trap 0xe.* error code 0x6/,
  'wild-handler': /no stack at/,
  privileged: /mode=privileged .* 17 of 17 were refused/,
  'user-privileged': /mode=user-privileged .* trap 13 \(error 0\) came back from ring 3/,
  'user-hypercall': /mode=user-hypercall .* trap 13 \(error fa\) came back from ring 3/,
  'user-vector-14': /mode=user-vector-14 .* trap 13 \(error 72\) came back from ring 3/,
  'user-breakpoint': /mode=user-breakpoint .* trap 13 \(error 1a\) came back from ring 3/,
  'stack-ring-0': /stack segment to 0x68/,
  'stack-ring-3': /stack segment to 0x6b/,
  'stack-pages': /stack of 0x3 pages/,
  'stack-unmapped': /no memory for its stack at 0xf0001fff/,
  'stack-switcher': /set its stack to 0xff/,
  'stack-vanishes': /no stack at/,
  'stack-vanishes-direct': /no stack at/,
  'stack-read-only': /no (stack|memory for its stack) at/,
  'stack-straddles': /mode=stack-straddles .* it was whole/,
  'stack-gone': /no stack at 0x20000000/,
  'write-switcher': /mode=write-switcher .* all but at most one of its own refused/,
  'jump-switcher': /mode=jump-switcher .* came back|no stack at/,
};

const neighbour = { sample: 'faults', append: 'pattern=fork pages=20 verify=1' };
const alone = boot(neighbour.sample, neighbour.append, { fastPath: true });

function endOf({ state }: { state: { is: string } }): { end: string; reason: string } {
  if (!('end' in state && 'reason' in state)) throw new Error(`still ${state.is}`);
  return { end: String(state.end), reason: String(state.reason) };
}

describe.each(Object.entries(reasons))('mode=%s', (mode, reason) => {
  test('ends with what it did, fast path or not, and a neighbour on the board runs undisturbed', () => {
    const trouble = { sample: 'trouble', append: `mode=${mode}` };
    const [off, on, beside] = bootTogether([
      { ...trouble, fastPath: false },
      { ...trouble, fastPath: true },
      { ...neighbour, fastPath: true },
    ]);
    expect(endOf(off)).toEqual({ end: 'killed', reason: expect.stringMatching(reason) });
    expect(on.state).toEqual(off.state);
    expect(on.output).toBe(off.output);
    expect(beside.state).toEqual(poweredOff);
    expect(beside.output).toBe(alone.output);
  });
});

describe('trouble itself', () => {
  test('lists exactly these modes, a line each', () => {
    const { output, state } = boot('trouble', 'mode=list', { fastPath: false });
    const listed = output.trimEnd().split('\n');
    expect(listed.map((line) => line.split(' ')[0]).sort()).toEqual(Object.keys(reasons).sort());
    for (const line of listed) expect(line).toMatch(/^[\w-]+ +\w.{15,}$/);
    expect(state).toEqual(poweredOff);
  });

  test('says so when it does not know a mode', () => {
    const { output, state } = boot('trouble', 'mode=modest', { fastPath: false });
    expect(output).toContain('no such mode; mode=list shows them all');
    expect(state).toMatchObject({ end: 'killed', reason: expect.stringContaining('mode that trouble does not have') });
  });
});
