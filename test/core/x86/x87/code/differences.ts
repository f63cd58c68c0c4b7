/** Runs an instruction by its handler and by its service from the same state, and says what came out differently. */

import { memoryMap, stateLayout } from '../../../../../core/x86/state.ts';
import { type Bench, OPERAND, WINDOW } from '../bench.ts';
import type { HandlerBench } from './handler-bench.ts';

const at = stateLayout.at;
const WORDS = stateLayout.bytes >>> 2;
/** What services are told or tell, and no guest can see. */
const PASSING = [at.eip, at.faultVector, at.faultError, at.faultAddress];
const MARGIN = 16;
const FROM = memoryMap.ram + OPERAND - WINDOW - MARGIN;
const TO = FROM + 4 * MARGIN;

export interface Snapshot {
  readonly words: Int32Array;
  readonly memory: Uint8Array;
}

export function takeSnapshot({ state }: Bench): Snapshot {
  const words = state.i32.slice(0, WORDS);
  for (const offset of PASSING) words[offset >>> 2] = 0;
  return { words, memory: state.u8.slice(FROM, TO) };
}

export function restore({ state }: Bench, { words, memory }: Snapshot): void {
  state.i32.set(words);
  state.u8.set(memory, FROM);
}

function wordName(index: number): string {
  const names = Object.entries(at).filter(([, offset]) => offset >>> 2 <= index);
  const [name, offset] = names[names.length - 1];
  return `${name}+${index * 4 - offset}`;
}

export function differences(ours: Snapshot, theirs: Snapshot): string[] {
  const hex = (value: number) => (value >>> 0).toString(16);
  const found: string[] = [];
  ours.words.forEach((word, index) => {
    const other = theirs.words[index];
    if (word !== other) found.push(`${wordName(index)} ${hex(word)}, not ${hex(other)}`);
  });
  ours.memory.forEach((byte, index) => {
    const other = theirs.memory[index];
    if (byte !== other) found.push(`byte ${index - MARGIN} ${hex(byte)}, not ${hex(other)}`);
  });
  return found;
}

/** Compares on the state as it is; nothing to report if the handler passes on and has changed nothing. */
export function compareWithService(bench: HandlerBench, code: string): string[] {
  const before = takeSnapshot(bench);
  const done = bench.executeHandler(code);
  const ours = takeSnapshot(bench);
  if (!done) return differences(ours, before);
  restore(bench, before);
  bench.executeService(code);
  return differences(ours, takeSnapshot(bench));
}
