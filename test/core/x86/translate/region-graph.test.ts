/** What belongs to a region, and what has been in enough of them. */

import { expect, it } from 'vitest';
import { operationLayout } from '../../../../core/x86/interpreter/operation.ts';
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

const POINTER = world.data;
const CALLEES = [0x40, 0x60, 0x80, 0xa0, 0xc0];
const CALL_POINTER = [0xff, 0x15, ...new Uint8Array(Uint32Array.of(POINTER).buffer)];
const JMP_BACK = [0xeb, 0x100 - CALL_POINTER.length - OWN.length - 2];
const FUNCTION = [INC_ECX, INC_ECX, RET];

/** A loop that has called functions at these offsets through a pointer, a turn for each. */
function callerOf(callees: readonly number[]) {
  const side = buildSide({});
  const { cache } = side.engine;
  side.memory.writeBytes(world.code, Uint8Array.from([...OWN, ...CALL_POINTER, ...JMP_BACK]));
  for (const callee of callees) {
    side.memory.writeBytes(world.code + callee, Uint8Array.from(FUNCTION));
    side.memory.write32(POINTER, world.code + callee);
    side.engine.execute(OWN.length + 1 + FUNCTION.length + 1);
  }
  const explorer = new RegionExplorer(cache);
  const page = cache.pageOf(world.code);
  const call = page ? cache.operationOn(page, world.code + OWN.length) : 0;
  return {
    cache,
    mayFollow: () => explorer.jumps.mayFollow(call),
    /** Those that belong to the region. */
    taken: () => {
      const blocks = explorer.explore(world.code, true)?.blocks ?? [];
      return callees.filter((callee) => blocks.some(({ eip }) => eip === world.code + callee));
    },
    /** The region was left for it too often. */
    leaveFor: (callee: number) => {
      side.state.u32[(call + operationLayout.at.targetEip) >>> 2] = world.code + callee;
      return explorer.jumps.follow(call);
    },
  };
}

it('what is called through a pointer belongs to the region once that was left for it, up to four functions', () => {
  const { mayFollow, taken, leaveFor } = callerOf(CALLEES);
  expect(taken()).toEqual([]);
  for (const [index, callee] of CALLEES.slice(0, 4).entries()) {
    expect(mayFollow()).toBe(true);
    expect(leaveFor(callee)).toBe(true);
    expect(leaveFor(callee)).toBe(false);
    expect(taken()).toEqual(CALLEES.slice(0, index + 1));
  }
  expect(mayFollow()).toBe(false);
  expect(leaveFor(CALLEES[4])).toBe(false);
});

it('but not where code keeps changing', () => {
  const [first, second] = [0x1000, 0x1040];
  const { cache, taken, leaveFor } = callerOf([first, second]);
  expect(leaveFor(first)).toBe(true);
  expect(taken()).toEqual([first]);
  const page = cache.pageOf(world.code + first);
  if (page) cache.discourage(page);
  expect(taken()).toEqual([]);
  expect(leaveFor(second)).toBe(false);
});
