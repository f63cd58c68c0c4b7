/**
 * Puts functions together into a WebAssembly module (core spec 5.5).  Every module of ours imports the same memory, the
 * same table of operation handlers and the same few functions, and places its own functions in the table.
 */

import { ByteWriter } from './bytes.ts';
import { wasm } from './wasm-opcodes.ts';

/** Parameters and results are all i32. */
export interface Signature {
  readonly parameters: number;
  readonly results: number;
}

export interface ImportedFunction extends Signature {
  readonly name: string;
}

export interface ModuleFunction extends Signature {
  /** A finished code entry. */
  readonly code: ByteWriter;
  readonly exportAs?: string;
  /** Slot in the shared table. */
  readonly slot?: number;
}

const section = { type: 1, import: 2, function: 3, export: 7, element: 9, code: 10 } as const;
const external = { function: 0, table: 1, memory: 2 } as const;
const FUNCTION_REFERENCE = 0x70;

export interface ModuleShape {
  readonly imports: readonly ImportedFunction[];
  readonly functions: readonly ModuleFunction[];
  readonly memoryPages: number;
}

/** Index of the type `(i32 × parameters) → (i32 × results)` in the type section of every module: first come first served. */
export class TypeIndex {
  readonly types: Signature[] = [];

  of(signature: Signature): number {
    const known = this.types.findIndex((t) => t.parameters === signature.parameters && t.results === signature.results);
    if (known >= 0) return known;
    this.types.push({ parameters: signature.parameters, results: signature.results });
    return this.types.length - 1;
  }
}

/** The bytes of a module. `types` already knows the indices that indirect calls in the code use. */
export function buildModule(shape: ModuleShape, types: TypeIndex): Uint8Array<ArrayBuffer> {
  for (const each of [...shape.imports, ...shape.functions]) types.of(each);
  const out = new ByteWriter();
  out.raw([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  writeSection(out, section.type, types.types, (type, to) => {
    to.byte(0x60);
    for (const count of [type.parameters, type.results]) {
      to.unsigned(count);
      for (let i = 0; i < count; i++) to.byte(wasm.typeI32);
    }
  });
  writeImports(out, shape, types);
  writeSection(out, section.function, shape.functions, (fn, to) => to.unsigned(types.of(fn)));
  const first = shape.imports.length;
  const exported = shape.functions.map((fn, i) => ({ fn, index: first + i })).filter(({ fn }) => fn.exportAs);
  writeSection(out, section.export, exported, ({ fn, index }, to) => {
    to.name(fn.exportAs ?? '');
    to.byte(external.function);
    to.unsigned(index);
  });
  const placed = shape.functions.map((fn, i) => ({ fn, index: first + i })).filter(({ fn }) => fn.slot !== undefined);
  writeSection(out, section.element, placed, ({ fn, index }, to) => {
    to.unsigned(0);
    to.byte(wasm.i32Const);
    to.signed(fn.slot ?? 0);
    to.byte(wasm.end);
    to.unsigned(1);
    to.unsigned(index);
  });
  writeSection(out, section.code, shape.functions, (fn, to) => to.append(fn.code));
  return out.view().slice();
}

function writeImports(out: ByteWriter, shape: ModuleShape, types: TypeIndex): void {
  const all = [...shape.imports, 'memory' as const, 'table' as const];
  writeSection(out, section.import, all, (each, to) => {
    to.name('m');
    if (each === 'memory') {
      to.name('memory');
      to.raw([external.memory, 0]);
      to.unsigned(shape.memoryPages);
    } else if (each === 'table') {
      to.name('table');
      to.raw([external.table, FUNCTION_REFERENCE, 0]);
      to.unsigned(1);
    } else {
      to.name(each.name);
      to.byte(external.function);
      to.unsigned(types.of(each));
    }
  });
}

function writeSection<T>(
  out: ByteWriter,
  id: number,
  items: readonly T[],
  write: (item: T, to: ByteWriter) => void,
): void {
  if (items.length === 0) return;
  const body = new ByteWriter();
  body.unsigned(items.length);
  for (const item of items) write(item, body);
  out.byte(id);
  out.unsigned(body.length);
  out.append(body);
}
