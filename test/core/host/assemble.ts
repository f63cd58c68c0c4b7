/**
 * Assembles Intel syntax, comments behind `;`, for one place in memory.  `@label` is that label's address; plain labels
 * are for jumps.  Two passes, since the assembler does not know where the text will lie.
 */

import { AssemblyState } from '@defasm/core';

function compile(source: string): AssemblyState {
  const state = new AssemblyState({ syntax: { intel: true, prefix: false }, bitness: 32 });
  state.compile(source.replace(/;.*$/gm, ''), { haltOnError: true });
  return state;
}

export function assembleAt(origin: number, source: string): Uint8Array {
  const anyAddress = 0x1111_1111;
  const { symbols } = compile(source.replace(/@\w+/g, String(anyAddress)));
  const addressOf = (label: string): string => {
    const symbol = symbols.get(label);
    if (symbol === undefined) throw new Error(`no label ${label}`);
    return String(origin + Number(symbol.value.addend));
  };
  return Uint8Array.from(compile(source.replace(/@(\w+)/g, (_, label: string) => addressOf(label))).head.dump());
}
