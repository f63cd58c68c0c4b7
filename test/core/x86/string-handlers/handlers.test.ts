import { describe, expect, it } from 'vitest';
import type { SegmentName } from '../../../../core/agreement/ground.ts';
import { stringHandlers } from '../../../../core/x86/string-handlers/table.ts';
import { EnginePair, type Side } from '../interpreter/engine-pair.ts';
import { buildSmallWorld, enterRing, world } from '../small-world.ts';
import { random } from '../system/test-board.ts';

const opcodes = [0xa4, 0xa5, 0xa6, 0xa7, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf];
const segmentPrefixes = [0x26, 0x2e, 0x36, 0x3e, 0x64];
const HLT = 0xf4;
const NOP = 0x90;
const [REPNE, REPE, OPERAND_SIZE, ADDRESS_SIZE] = [0xf2, 0xf3, 0x66, 0x67];
const DIRECTION = 0x400;
const TRAP = 0x100;
const ALIGNMENT_CHECK = 1 << 18;
const ZERO = 0x40;
const MOST_STEPS = 8;

type Pick = (below: number) => number;

function someCode(pick: Pick): number[] {
  const code = pick(4) === 0 ? [NOP] : [];
  if (pick(6) !== 0) code.push(pick(3) === 0 ? REPNE : REPE);
  if (pick(4) === 0) code.push(OPERAND_SIZE);
  if (pick(8) === 0) code.push(ADDRESS_SIZE);
  if (pick(6) === 0) code.push(segmentPrefixes[pick(segmentPrefixes.length)]);
  code.push(opcodes[pick(opcodes.length)]);
  return [...code, NOP, NOP, HLT];
}

/** Beginnings of pages that are there, read-only, the supervisor's, absent, decoded, and the page table itself. */
const edges = [
  world.data + 0x1000,
  world.data + 0x3000,
  world.data + 0x8000,
  world.readOnly,
  world.readOnly + 0x1000,
  world.supervisor,
  world.absent,
  world.absent + 0x1000,
  world.code,
  world.pageTable + 0x1000,
  world.bytes,
];

function somePlace(pick: Pick): number {
  const edge = edges[pick(3) === 0 ? pick(edges.length) : pick(3)];
  return edge + [pick(0x40) - 0x20, pick(0x1000), -pick(0x1000)][pick(3)];
}

const someCount = (pick: Pick) => [pick(4), pick(20), pick(0x200), pick(0x2000)][pick(4)];

/** Strings that are equal for a while, and then are not. */
function fillStrings(pick: Pick, { memory }: Side): void {
  const values = pick(2) === 0 ? 256 : 2;
  const bytes = Uint8Array.from({ length: 0x4000 }, () => (pick(40) === 0 ? pick(values) : 0));
  memory.writeBytes(world.data, bytes);
  memory.writeBytes(world.data + 0x4000, bytes);
  memory.write8(world.data + 0x4000 + pick(0x4000), 7);
}

function changeSegment(pick: Pick, { registers }: Side): void {
  const name = (['ds', 'es', 'ss', 'fs'] satisfies SegmentName[])[pick(4)];
  const segment = registers.segment(name);
  const base = [0, world.data, world.data + pick(0x2000)][pick(3)];
  const rights = pick(8) === 0 ? segment.rights & ~0x200 : segment.rights;
  const limit = (base === 0 ? world.data : 0) + pick(0x4000);
  registers.setSegment(name, { ...segment, base, limit: pick(4) === 0 ? 0xffffffff : limit, rights });
}

function flagsOf(pick: Pick): number {
  let flags = 2 | (pick(2) * ZERO);
  if (pick(5) === 0) flags |= DIRECTION;
  if (pick(10) === 0) flags |= TRAP;
  if (pick(10) === 0) flags |= ALIGNMENT_CHECK;
  return flags;
}

/** The same start for whoever asks with the same seed; the second time the translation tables know the pages. */
function prepare(seed: number, side: Side, time: number): void {
  const pick = random(seed);
  const code = someCode(pick);
  const at = pick(4) === 0 ? world.code + 0x1000 - pick(code.length) : world.code + 0x100;
  if (time === 0) buildSmallWorld(side);
  fillStrings(pick, side);
  side.memory.writeBytes(at, Uint8Array.from(code));
  enterRing(side, pick(3) === 0 ? 3 : 0);
  const segmented = pick(3) === 0;
  if (segmented) changeSegment(pick, side);
  const esi = somePlace(pick);
  const edi = pick(3) === 0 ? esi + pick(40) - 20 : somePlace(pick);
  const eax = [0, 0x01010101 * pick(3), pick(0x7fffffff)][pick(3)];
  const inSegment = segmented && pick(3) !== 0 ? 0x4000 : 0xffffffff;
  Object.assign(side.registers, {
    eip: at,
    eax,
    ecx: someCount(pick),
    esi: (esi % inSegment) >>> 0,
    edi: (edi % inSegment) >>> 0,
    eflags: flagsOf(pick),
  });
}

describe('handlers of repeated strings', () => {
  const pair = new EnginePair(stringHandlers);

  function run(seed: number, time: number): void {
    const pick = random(seed * 31 + time);
    pair.each((side) => prepare(seed, side, time));
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      const { exit, seen } = pair.execute(pick(2) === 0 ? 1 + pick(4) : 20);
      expect(seen[0], `seed ${seed}`).toEqual(seen[1]);
      if (exit === 'fault') break;
    }
    expect(pair.memoryAlike, `seed ${seed}`).toBe(true);
  }

  for (let round = 0; round < 12; round++) {
    it(`do what the services do, at the same counts (${round})`, () => {
      for (let program = 1; program <= 60; program++) {
        for (let time = 0; time < 2; time++) run((round * 60 + program) * 7919, time);
      }
    });
  }
});
