/** Assembles a few lines of Intel syntax, comments behind `;`, for one place in memory. Jumps within the text only. */

// The package brings no types of its own.
// @ts-expect-error
import { AssemblyState } from '@defasm/core';

interface Assembled {
  readonly bytes: Uint8Array;
  /** Offsets of the labels. */
  readonly labels: Readonly<Record<string, number>>;
}

export function assemble(source: string): Assembled {
  const state = new AssemblyState({ syntax: { intel: true, prefix: false }, bitness: 32 });
  const bare = source.replace(/;.*$/gm, '');
  state.compile(bare);
  if (state.errors.length > 0) throw new Error(`cannot assemble: ${state.errors[0].message}\n${bare}`);
  const labels: Record<string, number> = {};
  for (const [name, symbol] of state.symbols) {
    if (!name.startsWith('.')) labels[name] = Number(symbol.value.addend);
  }
  return { bytes: Uint8Array.from(state.head.dump()), labels };
}
