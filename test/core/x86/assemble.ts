/** Assembly for tests: Intel's syntax for 32 bits, labels for jumps, comments behind `;`, raw bytes by `db`. */

import { AssemblyState } from '@defasm/core';

export function assemble(text: string): Uint8Array {
  const state = new AssemblyState({ syntax: { intel: true, prefix: false }, bitness: 32 });
  state.compile(text, { haltOnError: true });
  return state.head.dump();
}
