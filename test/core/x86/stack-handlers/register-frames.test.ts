import { describe, expect, it } from 'vitest';
import { stackHandlers } from '../../../../core/x86/stack-handlers/register-frames.ts';
import { EnginePair, type Side } from '../interpreter/engine-pair.ts';
import { buildSmallWorld, enterRing, world } from '../small-world.ts';
import { random } from '../system/test-board.ts';

const [PUSHA, POPA, OPERAND_SIZE, HLT] = [0x60, 0x61, 0x66, 0xf4];
const ALIGNMENT_CHECK = 1 << 18;
const BIG = 0x400000;

const stacks = [world.data, world.data + 0x1000, world.readOnly, world.readOnly + 0x1000, world.absent, world.code, 0];

/** The same start for whoever asks with the same seed; the second time the translation tables know the pages. */
function prepare(seed: number, side: Side, time: number): void {
  const pick = random(seed);
  const { memory, registers } = side;
  if (time === 0) buildSmallWorld(side);
  const code = Array.from({ length: 4 }, () => (pick(2) === 0 ? PUSHA : POPA));
  if (pick(5) === 0) code.splice(pick(4), 0, OPERAND_SIZE);
  memory.writeBytes(world.code + 0x100, Uint8Array.from([...code, HLT]));
  memory.writeBytes(
    world.data,
    Uint8Array.from({ length: 0x1040 }, () => pick(256)),
  );
  enterRing(side, pick(3) === 0 ? 3 : 0);
  const near = stacks[pick(stacks.length)] + [pick(0x80), -pick(0x80), 4 * pick(0x100)][pick(3)];
  let esp = near;
  if (pick(3) === 0) {
    const stack = registers.segment('ss');
    const rights = pick(3) === 0 ? stack.rights & ~BIG : stack.rights;
    const [base, limit] = [pick(2) * world.data, pick(2) === 0 ? 0xffffffff : 0x100 + pick(0x1000)];
    registers.setSegment('ss', { ...stack, rights, base, limit });
    esp = pick(2) === 0 ? near - base : limit + 0x20 - pick(0x40);
  }
  for (const name of ['eax', 'ecx', 'edx', 'ebx', 'ebp', 'esi', 'edi'] as const) registers[name] = pick(0x7fffffff);
  const eflags = 2 | (pick(8) === 0 ? ALIGNMENT_CHECK : 0);
  Object.assign(registers, { eip: world.code + 0x100, esp: esp >>> 0, eflags });
}

describe('handlers of pusha and popa', () => {
  const pair = new EnginePair(stackHandlers);
  it('do what the services do', () => {
    for (let seed = 7919; seed < 7919 * 300; seed += 7919) {
      for (let time = 0; time < 2; time++) {
        pair.each((side) => prepare(seed, side, time));
        for (let step = 0; step < 3; step++) {
          const { exit, seen } = pair.execute(1 + (step % 2));
          expect(seen[0], `seed ${seed}`).toEqual(seen[1]);
          if (exit === 'fault') break;
        }
        expect(pair.memoryAlike, `seed ${seed}`).toBe(true);
      }
    }
  });
});
