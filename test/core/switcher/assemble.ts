/** Assembles a few lines of Intel syntax, comments behind `;`. Jumps within the text only; throws at the first error. */

import { AssemblyState } from '@defasm/core';

export function assemble(source: string): Uint8Array {
  const state = new AssemblyState({ syntax: { intel: true, prefix: false }, bitness: 32 });
  state.compile(source.replace(/;.*$/gm, ''), { haltOnError: true });
  return Uint8Array.from(state.head.dump());
}
