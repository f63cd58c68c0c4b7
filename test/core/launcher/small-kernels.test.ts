import { describe, expect, test } from 'vitest';
import { EntropyModel } from '../../../core/launcher/devices/entropy/model.ts';
import type { DeviceModel } from '../../../core/launcher/devices/model.ts';
import { createMachine, type MachineOptions } from '../../../core/launcher/machine.ts';
import { newHost } from '../../../main/new-host.ts';
import { fakeModels } from './fake-model.ts';
import { notify, powerOff, restart, SCRATCH, smallKernel } from './small-kernel.ts';

const MEMORY_MIB = 4;
const RAM = MEMORY_MIB * 1024 * 1024;
const BUFFER = SCRATCH;
const BUFFER_BYTES = 8;

/** A source whose randomness can be read. */
function poem(text: string) {
  let at = 0;
  return (bytes: number) => {
    const piece = Buffer.from(text.slice(at, at + bytes).padEnd(bytes, '.'));
    at += bytes;
    return Uint8Array.from(piece);
  };
}

function boot(image: Uint8Array, options: Partial<MachineOptions> = {}) {
  let printed = '';
  const reports: string[] = [];
  const machine = createMachine({
    host: newHost([MEMORY_MIB]),
    name: 'guest',
    image,
    initrd: null,
    commandLine: '',
    memoryMiB: MEMORY_MIB,
    fastPath: true,
    consoleOutput: (bytes) => {
      printed += Buffer.from(bytes).toString('latin1');
    },
    report: (sentence) => reports.push(sentence),
    ...options,
  });
  return { machine, reports, printed: () => printed };
}

/** Takes the first device of the bus, an entropy source, and shows what it was given. */
const askOnBus = `
        mov  ebp, ${RAM}               ; the page of descriptors
        mov  byte ptr [ebp + 4], 0     ; status: reset
        ${notify('ebp')}
        mov  byte ptr [ebp + 4], 7     ; acknowledged, driver, ready
        ${notify('ebp')}
        mov  edi, [ebp + 9]            ; the page of its queue
        shl  edi, 12
        mov  dword ptr [edi], ${BUFFER}
        mov  dword ptr [edi + 8], ${BUFFER_BYTES}
        mov  dword ptr [edi + 12], 2   ; for the device to write
        mov  word ptr [edi + 4100], 0  ; descriptor 0 is available
        mov  word ptr [edi + 4098], 1  ; that makes one
        ${notify('edi')}
        ${notify(BUFFER)}              ; print it
`;

/** eax becomes a register of the device in a slot. */
const readSlot = (slot: number, register: number) => `
        mov  dx, 0xcf8
        mov  eax, ${(0x8000_0000 | (slot << 11) | register) >>> 0}
        out  dx, eax
        mov  dx, 0xcfc
        in   eax, dx
`;

const [DESCRIPTORS, AVAILABLE, USED] = [SCRATCH + 0x1000, SCRATCH + 0x2000, SCRATCH + 0x3000];

/** The same by PCI: the device in slot 2, and the console of slot 1 to shout through. */
const askOnPci = `
        ${readSlot(2, 0x10)}
        mov  ebp, eax                  ; its registers
        mov  byte ptr [ebp + 0x14], 0  ; status: reset
        mov  byte ptr [ebp + 0x14], 1  ; acknowledged
        mov  byte ptr [ebp + 0x14], 3  ; driver
        mov  dword ptr [ebp + 8], 1    ; features 32 to 63
        mov  dword ptr [ebp + 12], 1   ; virtio 1
        mov  byte ptr [ebp + 0x14], 11 ; features agreed
        mov  al, [ebp + 0x14]
        mov  word ptr [ebp + 0x16], 0  ; queue 0
        mov  dword ptr [ebp + 0x20], ${DESCRIPTORS}
        mov  dword ptr [ebp + 0x28], ${AVAILABLE}
        mov  dword ptr [ebp + 0x30], ${USED}
        mov  word ptr [ebp + 0x1c], 1  ; enabled
        mov  byte ptr [ebp + 0x14], 15 ; ready
        mov  dword ptr [${DESCRIPTORS}], ${BUFFER}
        mov  dword ptr [${DESCRIPTORS + 8}], ${BUFFER_BYTES}
        mov  dword ptr [${DESCRIPTORS + 12}], 2
        mov  dword ptr [${AVAILABLE}], 0x10000
        mov  dword ptr [${AVAILABLE + 4}], 0
        mov  word ptr [ebp + 0x38], 0  ; queue 0 has something
        ${readSlot(1, 0x10)}
        mov  ebp, eax                  ; the console's registers
        mov  esi, ${BUFFER}
    more:
        movzx eax, byte ptr [esi]
        mov  [ebp + 0x44], eax         ; emergency write
        inc  esi
        cmp  esi, ${BUFFER + BUFFER_BYTES}
        jne  more
`;

const kernels = { bus: ['3.0', askOnBus], pci: ['4.1', askOnPci] } as const;
const entropy = (text: string) => {
  const source = poem(text);
  return (): readonly DeviceModel[] => [new EntropyModel(source)];
};

describe.each(['bus', 'pci'] as const)('a kernel that uses the %s', (face) => {
  const [era, program] = kernels[face];

  test('finds its devices and is served by them', () => {
    const { machine, printed, reports } = boot(smallKernel(era, program + powerOff), {
      devices: entropy('a stream of bits'),
    });
    expect(machine.run(1_000_000)).toEqual({ is: 'ended', end: 'power off', reason: 'Power down' });
    expect(printed()).toBe('a stream');
    expect(reports).toEqual([]);
  });

  test('finds them again after each restart, and the stream goes on', () => {
    const { machine, printed } = boot(smallKernel(era, program + restart), {
      devices: entropy('one day,two days,and so on'),
    });
    while (machine.restarts < 3) machine.run(1000);
    expect(printed().slice(0, 24)).toBe('one day,two days,and so ');
  });

  test('has room for as many devices as can be found', () => {
    const image = smallKernel(era, program + powerOff);
    const others = fakeModels(28);
    const { machine, printed } = boot(image, {
      devices: () => [new EntropyModel(poem('the same')), ...others],
      deviceFace: face,
    });
    expect(machine.run(1_000_000)).toMatchObject({ end: 'power off' });
    expect(printed()).toBe('the same');
  });
});

test('the other face answers nobody', () => {
  const image = smallKernel('3.0', `${readSlot(1, 0)}\nmov [${BUFFER}], eax\n${notify(BUFFER)}\n${powerOff}`);
  const { machine, printed } = boot(image);
  machine.run(1_000_000);
  expect(Buffer.from(printed(), 'latin1')).toEqual(Buffer.alloc(4, 0xff));
});

describe('a hundred restarts', () => {
  test('take no more of the board than one, which has room for one', () => {
    const { machine, printed } = boot(smallKernel('3.0', askOnBus + restart), { devices: entropy('') });
    while (machine.restarts < 100) machine.run(10_000);
    expect(machine.state).toEqual({ is: 'running' });
    expect(printed().length).toBeGreaterThanOrEqual(100 * BUFFER_BYTES);
  });

  test('begin with memory as fresh as the first', () => {
    const soil = `
        mov  eax, [${SCRATCH}]
        test eax, eax
        jne  dirty
        mov  dword ptr [${SCRATCH}], 0x21
        ${restart}
    dirty:
        ${powerOff}
    `;
    const { machine } = boot(smallKernel('3.0', soil));
    while (machine.restarts < 100 && machine.state.is === 'running') machine.run(10_000);
    expect(machine.restarts).toBeGreaterThanOrEqual(100);
  });
});
