/** What belongs to a region, and what has been in enough of them. */

import { expect, it } from 'vitest';
import { RegionExplorer } from '../../../../core/x86/translate/region-graph.ts';
import { buildSide } from '../interpreter/engine-pair.ts';
import { world } from '../small-world.ts';

const CALLERS = 10;
const CALLER_BYTES = 16;
const SHARED = CALLERS * CALLER_BYTES;
const INC_EAX = 0x40;
const INC_ECX = 0x41;
const JMP = 0xe9;
const RET = 0xc3;
/** More than a function has that belongs wherever it is called. */
const SHARED_INSTRUCTIONS = 12;
const OWN = [INC_EAX, INC_EAX, INC_EAX, INC_EAX];

/** Ten ways, each with code of its own, to code they share. */
function someCode(): Uint8Array {
  const bytes = new Uint8Array(SHARED + SHARED_INSTRUCTIONS + 1).fill(INC_ECX, SHARED);
  for (let caller = 0; caller < CALLERS; caller++) {
    const start = caller * CALLER_BYTES;
    const behind = start + OWN.length + 5;
    bytes.set([...OWN, JMP, SHARED - behind], start);
  }
  bytes[bytes.length - 1] = RET;
  return bytes;
}

it('code that many regions share has one of its own, whole, where control comes from elsewhere', () => {
  const side = buildSide({});
  side.memory.writeBytes(world.code, someCode());
  const explorer = new RegionExplorer(side.engine.cache);
  const lengthFrom = (offset: number) => {
    const eip = world.code + offset;
    const blocks = explorer.explore(eip)?.blocks ?? [];
    return blocks.reduce((sum, { instructions }) => sum + instructions.length, 0);
  };
  for (let caller = 0; caller <= CALLERS; caller++) side.engine.cache.lookUp(world.code + caller * CALLER_BYTES);

  const lengths = Array.from({ length: CALLERS }, (_, caller) => lengthFrom(caller * CALLER_BYTES));
  const [own, whole] = [OWN.length + 1, OWN.length + 1 + SHARED_INSTRUCTIONS + 1];
  expect(lengths[0]).toBe(whole);
  expect(lengths.at(-1)).toBe(own);
  expect(new Set(lengths)).toEqual(new Set([whole, own]));
  expect(lengthFrom(SHARED)).toBe(SHARED_INSTRUCTIONS + 1);
});

const HOT_AFTER = 4;
const POINTER = world.data;
const CALLEE = 0x40;
const CALL_POINTER = [0xff, 0x15, ...new Uint8Array(Uint32Array.of(POINTER).buffer)];
const JMP_BACK = [0xeb, 0x100 - CALL_POINTER.length - OWN.length - 2];

/** The offsets at which blocks of a region begin whose loop calls what `length` instructions and a `ret` make, through a
 *  pointer, when it has been called so often. */
function blocksOfCaller(length: number, calls: number): number[] {
  const side = buildSide({});
  side.engine.cache.firstHeat = -HOT_AFTER;
  side.memory.writeBytes(world.code, Uint8Array.from([...OWN, ...CALL_POINTER, ...JMP_BACK]));
  side.memory.writeBytes(world.code + CALLEE, new Uint8Array(length + 1).fill(INC_ECX, 0, length).fill(RET, length));
  side.memory.write32(POINTER, world.code + CALLEE);
  const turn = OWN.length + 1 + length + 1 + 1;
  side.engine.execute(calls * turn);
  const blocks = new RegionExplorer(side.engine.cache).explore(world.code)?.blocks ?? [];
  return blocks.map(({ eip }) => eip - world.code);
}

it('a small function that is called through a pointer belongs to the region, once it was called often', () => {
  expect(blocksOfCaller(3, HOT_AFTER)).toContain(CALLEE);
  expect(blocksOfCaller(3, 1)).not.toContain(CALLEE);
  expect(blocksOfCaller(SHARED_INSTRUCTIONS, HOT_AFTER)).not.toContain(CALLEE);
});
