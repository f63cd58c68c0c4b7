/** The Switcher as `disasm` shows it: the very bytes that are placed on every board, with their names. */

import { SWITCHER_ADDRESS } from '../core/agreement/page-tables.ts';
import type { ElfSymbol } from '../core/launcher/elf-symbols.ts';
import { switcherCode, switcherSymbols } from '../core/switcher/switcher-image.ts';
import type { Code } from './disassembly.ts';

export function switcherListing(): { listings: Code[]; symbols: ElfSymbol[] } {
  const symbols = Object.entries(switcherSymbols).map(([name, address]) => ({ name, address, size: 0 }));
  symbols.sort((one, other) => one.address - other.address);
  return { listings: [{ address: SWITCHER_ADDRESS, bytes: switcherCode() }], symbols };
}
