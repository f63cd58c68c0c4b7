/** How machines end whose kernel was never a guest, and that all others end as before. */

import { describe, expect, test } from 'vitest';
import { lguestEras } from '../../../../core/agreement/lguest-data.ts';
import { createMachine } from '../../../../core/launcher/machine.ts';
import { assembleAt } from '../../host/assemble.ts';
import { buildBzImage, CODE, elfKernel, grab, introduce, paeTables, scratchHost } from './small-kernels.ts';

function endOf(image: Uint8Array): string {
  const options = { name: 'test', initrd: null, commandLine: '', memoryMiB: 4, fastPath: true };
  const machine = createMachine({ ...options, host: scratchHost(4), image, consoleOutput: () => {} });
  const state = machine.run(1_000_000);
  if (state.is !== 'ended' || state.end !== 'killed') throw new Error(`expected a death, got ${JSON.stringify(state)}`);
  return state.reason;
}

const TRAP = /^the guest has no handler for trap 0xd, taken at 0x100000 with error code 0x0; /;
const [newest, older] = lguestEras;

describe('the end of a kernel', () => {
  test('without lguest says what to enable, behind what it died of', () => {
    const reason = endOf(elfKernel(grab, null, '\nLinux version 3.11.0 (us@here) #1\n'));
    expect(reason).toMatch(TRAP);
    expect(reason).toMatch(
      /; this kernel \(Linux 3\.11\.0\) never said LGUEST_INIT: it was built without CONFIG_LGUEST/,
    );
  });

  test('of 64 bits says that', () => {
    const image = buildBzImage({ code: assembleAt(CODE, grab), fields: { extendedLoadFlags: 1 } });
    expect(endOf(image)).toMatch(/; this kernel \(Linux 3\.11\.0\) never said LGUEST_INIT: it is a 64-bit kernel/);
  });

  test('too new says that', () => {
    const image = buildBzImage({ code: assembleAt(CODE, grab), version: '6.1.0-50-686 (debian)' });
    expect(endOf(image)).toMatch(/; this kernel \(Linux 6\.1\.0-50-686\) never said .*: Linux 6\.1 has no lguest/);
  });

  test('with PAE says that', () => {
    const reason = endOf(elfKernel(`${introduce(older)}\n${paeTables}`, older));
    expect(reason).toMatch(/; this kernel cannot run here: it was built with CONFIG_X86_PAE/);
  });

  test('that calls for what only PAE has says that', () => {
    const setPageMiddle = `${introduce(newest)}\nmov eax, 13\nint 0x1f`;
    expect(endOf(elfKernel(setPageMiddle, newest))).toMatch(/no PAE; this kernel cannot run here: .*CONFIG_X86_PAE/);
  });

  test('that speaks before LGUEST_INIT is left as it was', () => {
    expect(endOf(elfKernel('mov eax, 4\nint 0x1f'))).toBe('the guest made hypercall 0x4 before LGUEST_INIT');
  });

  test('that falls over after LGUEST_INIT is left as it was', () => {
    expect(endOf(elfKernel(`${introduce(newest)}\nud2`, newest))).toMatch(
      /^the guest has no handler for trap 0x6[^;]*$/,
    );
  });

  test('with plain page tables is left as it was', () => {
    const empty = paeTables.replace(/mov dword ptr[^\n]*\n/g, '');
    expect(endOf(elfKernel(`${introduce(older)}\n${empty}`, older))).toMatch(
      /^the guest has no handler for trap 0xe[^;]*$/,
    );
  });
});
