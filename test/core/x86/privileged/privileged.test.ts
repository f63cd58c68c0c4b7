/** The privilege image on our processor, held against what another one answered (record.ts). */

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadMultiboot, readMultiboot } from '../../../../core/launcher/multiboot.ts';
import { BarePorts } from '../../../../core/launcher/serial-port.ts';
import { createBoard, engines } from '../../../../core/x86/board.ts';
import { SOON } from '../../../engine.ts';
import { compact, differences } from './answers.ts';
import { cases } from './cases.ts';
import { buildImage } from './image.ts';

const MIB = 1024 * 1024;
const BUDGET = 100_000_000;
const theirs = readFileSync(new URL('./answers.txt', import.meta.url), 'utf8').split('\n');

/** Where the answers recorded are not what the manual says, or the manual leaves it open. */
const judgedOtherwise: Readonly<Record<string, readonly string[]>> = {
  // SDM 2A, IRET: "IF stack segment is not present THEN #SS(SS selector)".
  'iret outward with absent ss': ['vector: c, b'],
  // SDM 3A 17.3.1.1: RF is set in the image of every fault but an instruction breakpoint.
  'debug registers guarded': ['eflags: 10002, 2'],
  // The stack's descriptor was loaded and then the push faulted: whether it counts as accessed nobody promises.
  'interrupt with an absent stack for ring 1': ['[110024]: cfb300, as it was'],
  'interrupt with a stack for ring 1 that is half absent': ['[110024]: cfb300, as it was'],
  '#DE, then #PF for the stack of ring 1': ['[110024]: cfb300, as it was'],
  '#PF, then #PF for the stack of ring 1': ['[110024]: cfb300, as it was'],
};

describe.each(engines)('questions of privilege (%s)', (engine) => {
  let ours: string[] = [];

  beforeAll(() => {
    const bytes: number[] = [];
    const board = createBoard({ ramBytes: 64 * MIB, engine, hotAfter: SOON });
    loadMultiboot(board, readMultiboot(buildImage()), '');
    board.ports = new BarePorts((byte) => bytes.push(byte));
    expect(board.run(BUDGET)).toEqual({ why: 'stopped', code: 1 });
    ours = compact(Buffer.from(bytes).toString('latin1'));
  });

  test('each is answered, here and there', () => {
    expect(ours.length).toBe(cases.length);
    expect(theirs.length - 1).toBe(cases.length);
  });

  test.each(cases.map(({ name }, index) => ({ name, index })))('$name', ({ name, index }) => {
    expect(differences(ours[index], theirs[index])).toEqual(judgedOtherwise[name] ?? []);
  });
});
