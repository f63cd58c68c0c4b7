/** Kernels of a few lines of assembly as files a machine boots: an ELF image with code, a filled-in lguest_data and texts. */

import { hypercall } from '../../../core/agreement/hypercalls.ts';
import { lguestData30, lguestData41, RING_ENTRIES, RING_FREE } from '../../../core/agreement/lguest-data.ts';
import { vector } from '../../../core/agreement/traps.ts';
import { putField } from '../../../core/launcher/record.ts';
import { assembleAt } from '../host/assemble.ts';
import { ask } from '../host/bare-guest.ts';
import { buildElf } from './build-elf.ts';

const CODE = 0x10_0000;
const STACK = 0x1f_0000;
const DATA = 0x20_0000;
const FAREWELL = 0x21_0000;
const KERNEL_ADDRESS = 0xc000_0000;
/** Memory nobody else uses: buffers and rings of the programs. */
export const SCRATCH = 0x30_0000;

const shapes = { '3.0': lguestData30, '4.1': lguestData41 } as const;

export const powerOff = ask(hypercall.shutdown, FAREWELL, 1);
export const restart = ask(hypercall.shutdown, FAREWELL, 2);
export const notify = (address: number | string) => ask(hypercall.notify, address);

/** A kernel of this era that says LGUEST_INIT and then does what `program` says. */
export function smallKernel(era: keyof typeof shapes, program: string): Uint8Array {
  const shape = shapes[era];
  const data = new Uint8Array(shape.bytes);
  putField(data, 0, shape, 'kernelAddress', KERNEL_ADDRESS);
  putField(data, 0, shape, 'syscallVector', vector.systemCall);
  data.fill(RING_FREE, shape.at.ringStatus, shape.at.ringStatus + RING_ENTRIES);
  const source = `mov esp, ${STACK}\n${ask(hypercall.initialize, DATA)}\n${program}`;
  const pieces = [
    { at: CODE, bytes: assembleAt(CODE, source) },
    { at: DATA, bytes: data },
    { at: FAREWELL, bytes: Buffer.from('Power down\0') },
  ];
  return buildElf(pieces, CODE);
}
