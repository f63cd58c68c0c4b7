/**
 * Kernels of a few instructions, right by default and wrong on request: as ELF files and as bzImages, some of which know
 * lguest's first word, some of which do what kernels without it do.
 */

import { hypercall } from '../../../../core/agreement/hypercalls.ts';
import { type LguestEra, RING_ENTRIES, RING_FREE } from '../../../../core/agreement/lguest-data.ts';
import { vector } from '../../../../core/agreement/traps.ts';
import type { Host } from '../../../../core/host/guest-events.ts';
import { boardBytesFor, createHost } from '../../../../core/host/host.ts';
import { boot, bootParams } from '../../../../core/launcher/boot-params.ts';
import { MIB } from '../../../../core/launcher/load-guest.ts';
import { putField } from '../../../../core/launcher/record.ts';
import { testBoard } from '../../../engine.ts';
import { assembleAt } from '../../host/assemble.ts';
import { buildElf } from '../build-elf.ts';

export const CODE = 0x100000;
/** lguest_data lies here, page tables follow. */
export const DATA = 0x110000;
export const DIRECTORY = 0x111000;

export type SetupField = keyof typeof bootParams.at;

export interface BzImagePlan {
  readonly fields?: Partial<Record<SetupField, number>>;
  readonly version?: string;
  /** The code at the beginning of what is loaded. */
  readonly code?: Uint8Array;
  /** Bytes of the payload, its size word left out. */
  readonly payload?: readonly number[];
  readonly unpackedBytes?: number;
}

const SETUP_BYTES = 3 * 512;
const VERSION_AT = 0x300;
const PAYLOAD_AT = 0x2000;

export function buildBzImage(plan: BzImagePlan = {}): Uint8Array {
  const { version = '3.11.0 (us@here) #1', code = new Uint8Array(0), payload = [0x1f, 0x8b, 8, 0] } = plan;
  const file = new Uint8Array(SETUP_BYTES + PAYLOAD_AT + payload.length + 4);
  const all = {
    setupSectors: 2,
    bootFlag: boot.bootFlag,
    headerMagic: boot.headerMagic,
    version: 0x020c,
    loadFlags: boot.loadedHigh,
    code32Start: CODE,
    kernelVersion: VERSION_AT - 0x200,
    payloadOffset: PAYLOAD_AT,
    payloadLength: payload.length + 4,
    preferredAddress: 0x200000,
    initialSize: 0x80000,
    ...plan.fields,
  };
  for (const [name, value] of Object.entries(all)) putField(file, 0, bootParams, name as SetupField, value);
  file.set(Buffer.from(`${version}\0`, 'latin1'), VERSION_AT);
  file.set(code, SETUP_BYTES);
  file.set(payload, SETUP_BYTES + PAYLOAD_AT);
  new DataView(file.buffer).setUint32(file.length - 4, plan.unpackedBytes ?? 0x1234, true);
  return file;
}

/** An ELF kernel that runs `source`; it has lguest_data of this era, and `text` lies in its memory. */
export function elfKernel(source: string, era: LguestEra | null = null, text = ''): Uint8Array {
  const segments = [{ at: CODE, bytes: assembleAt(CODE, source), memoryBytes: 0x1000 }];
  if (era !== null) segments.push({ at: DATA, bytes: lguestDataOf(era), memoryBytes: 0x1000 });
  // Page tables of this much room; the text is behind them.
  segments.push({ at: DIRECTORY, bytes: Buffer.from(`${'\0'.repeat(0x8000)}${text}`, 'latin1'), memoryBytes: 0x9000 });
  return buildElf(segments, CODE);
}

function lguestDataOf(era: LguestEra): Uint8Array {
  const bytes = new Uint8Array(era.layout.bytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(era.at.kernelAddress!, 0xc000_0000, true);
  view.setUint32(era.at.syscallVector!, vector.systemCall, true);
  bytes.fill(RING_FREE, era.at.ringStatus!, era.at.ringStatus! + RING_ENTRIES);
  return bytes;
}

export const introduce = (era: LguestEra): string => `
        mov eax, ${hypercall.initialize}
        mov ${era.argumentRegisters[0]}, ${DATA}
        int 0x1f
`;

/** What a kernel that believes to own the processor does first. */
export const grab = 'lgdt [0x9000]';

export const forEver = 'again: jmp again';

/** Four entries of eight bytes, and the page tables of a kernel with PAE begin. */
export const paeTables = `
        mov dword ptr [${DIRECTORY}], ${DIRECTORY + 0x1001}
        mov dword ptr [${DIRECTORY + 24}], ${DIRECTORY + 0x1001}
        mov eax, ${hypercall.newPageTable}
        mov ebx, ${DIRECTORY}
        int 0x1f
`;

export function scratchHost(memoryMiB: number): Host {
  const room = { name: '', memoryBytes: memoryMiB * MIB, deviceBytes: 64 * 1024, fastPath: false };
  return createHost(testBoard({ ramBytes: boardBytesFor([room]) }));
}

/** Runs a generator to its end. */
export function finish<Result>(steps: Generator<unknown, Result>): Result {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
