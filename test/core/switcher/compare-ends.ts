/** What two runs of the little guest must agree on, and what of the processor a crossing must leave as it found it. */

import type { Ground, SegmentName } from '../../../core/agreement/ground.ts';
import type { End } from './setting.ts';

/** Everything a guest could tell two runs apart by, as sentences; none when there is nothing. */
export function differences(one: End, other: End): string[] {
  const found: string[] = [];
  const compare = (what: string, a: unknown, b: unknown) => {
    if (JSON.stringify(a) !== JSON.stringify(b)) found.push(`${what}: ${JSON.stringify(a)} and ${JSON.stringify(b)}`);
  };
  compare('end', one.how, other.how);
  compare('registers', one.registers, other.registers);
  compare('instructions in rings 1 and 3', one.guestInstructions, other.guestInstructions);
  if (Buffer.compare(one.memory, other.memory) !== 0) {
    const at = one.memory.findIndex((byte, index) => byte !== other.memory[index]);
    found.push(`memory, first at 0x${at.toString(16)}: ${one.memory[at]} and ${other.memory[at]}`);
  }
  return found;
}

const segments: SegmentName[] = ['cs', 'ds', 'es', 'fs', 'gs'];

/** What of the host's world a crossing changes and must restore. */
export function hostState({ registers }: Ground): unknown {
  const { cr0, cr3, cr4, gdtr, idtr, tr, ldtr, esp, ebp, eflags } = registers;
  const loaded = segments.map((name) => ({ name, ...registers.segment(name) }));
  return structuredClone({ cr0, cr3, cr4, gdtr, idtr, tr, ldtr, esp, ebp, flags: eflags & 0x200, loaded });
}
