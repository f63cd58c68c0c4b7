/**
 * Makes answers.txt anew from what another processor said.  Run the image there, catch its serial port, and hand it in:
 *
 *     npx tsx test/core/x86/privileged/record.ts --image FILE     writes the image, a multiboot 1 kernel
 *     npx tsx test/core/x86/privileged/record.ts --answers LOG    takes over the lines it printed
 *
 * The answers here are those of Bochs 2.7 as a Pentium II (cpu: model=p2_klamath).  Bochs has no multiboot loader: put
 * the image at 1 MiB in pieces of 128 KiB (optramimage), and enter it at 0x101000 from a boot sector that does nothing
 * but open A20 and turn protection on.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compact } from './answers.ts';
import { buildImage } from './image.ts';

const ANSWERS = new URL('./answers.txt', import.meta.url);
const { values } = parseArgs({ options: { image: { type: 'string' }, answers: { type: 'string' } } });

if (values.image) writeFileSync(values.image, buildImage());
if (values.answers) writeFileSync(ANSWERS, `${compact(readFileSync(values.answers, 'latin1')).join('\n')}\n`);
