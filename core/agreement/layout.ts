/**
 * Records that more than one language touches are laid out here, once.  A layout knows the offset and size of every
 * field; TypeScript reads it, and scripts print it as assembler or C constants.  It packs fields in the order given
 * and inserts no padding of its own: what you write is what lies in memory.
 */

export interface Field {
  readonly bytes: number;
}

export const u8: Field = { bytes: 1 };
export const u16: Field = { bytes: 2 };
export const u32: Field = { bytes: 4 };
export const u64: Field = { bytes: 8 };
export const bytes = (count: number): Field => ({ bytes: count });

export interface Layout<Name extends string> {
  /** Prefix of the generated constants, for example `PAGES`. */
  readonly name: string;
  /** Byte offset of each field from the start of the record. */
  readonly at: Readonly<Record<Name, number>>;
  /** Size of each field in bytes. */
  readonly sizeOf: Readonly<Record<Name, number>>;
  /** Size of the whole record in bytes. */
  readonly bytes: number;
}

/** Lays fields out back to back in the order of the object literal. */
export function layout<Name extends string>(name: string, fields: Record<Name, Field>): Layout<Name> {
  const at = {} as Record<Name, number>;
  const sizeOf = {} as Record<Name, number>;
  let offset = 0;
  for (const [key, field] of Object.entries(fields) as [Name, Field][]) {
    at[key] = offset;
    sizeOf[key] = field.bytes;
    offset += field.bytes;
  }
  return { name, at, sizeOf, bytes: offset };
}
