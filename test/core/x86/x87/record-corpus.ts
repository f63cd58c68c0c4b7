/**
 * Asks the chip underneath and writes corpus.txt.gz anew:
 *
 *     npx tsx test/core/x86/x87/record-corpus.ts
 *
 * Needs a 32-bit compiler and a processor that runs what it makes.  Run it when cases.ts learns to ask something new,
 * and say in the commit what chip answered.
 */

import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { isUndefinedCase } from './agreement.ts';
import { makeCases } from './cases.ts';
import { printCase, withFiller } from './corpus.ts';
import { askSilicon } from './oracle.ts';

const CASES = 6400;
const SEED = 8087;

const inputs = makeCases(SEED, CASES)
  .filter((input) => !isUndefinedCase(input))
  .map(withFiller);
const outputs = askSilicon(inputs);
const lines = inputs.map((input, index) => printCase(input, outputs[index]));
const file = new URL('corpus.txt.gz', import.meta.url);
writeFileSync(file, gzipSync(`${lines.join('\n')}\n`, { level: 9 }));
process.stdout.write(`${lines.length} cases\n`);
