/**
 * The encoding table turned round: not from bytes to a form but from a mnemonic to all the bytes it can open with.  The
 * random tester picks here, so that an instruction is tested because it is in the table.
 */

import { type Form, OPCODE_ESCAPE, type Opcode, opcodeMaps } from '../../core/x86/encoding/forms.ts';

export interface Opening {
  readonly form: Form;
  readonly opcode: readonly number[];
  /** The ModR/M bytes that select this form; null where it has none. */
  readonly modrms: readonly number[] | null;
}

function openingsOf(opcode: readonly number[], { plain, byModrm }: Opcode): Opening[] {
  if (plain) return [{ form: plain, opcode, modrms: null }];
  const byForm = new Map<Form, number[]>();
  byModrm?.forEach((form, modrm) => {
    // A prefetch of a register: Intel's processors do nothing, AMD's have no such instruction.
    if (form?.mnemonic === 'nop' && modrm >= 0xc0) return;
    if (form) byForm.set(form, [...(byForm.get(form) ?? []), modrm]);
  });
  // Forms of /o and of x87 registers are one object per ModR/M byte; those that only differ there belong together.
  const merged = new Map<string, Opening & { modrms: number[] }>();
  for (const [form, modrms] of byForm) {
    const key = `${form.mnemonic} ${form.encoding.bits}`;
    const known = merged.get(key);
    if (known) known.modrms.push(...modrms);
    else merged.set(key, { form, opcode, modrms });
  }
  return [...merged.values()];
}

/** Every way each mnemonic can begin. */
export function openingsByMnemonic(): Map<string, Opening[]> {
  const all = [
    ...opcodeMaps.primary.flatMap((entry, byte) => openingsOf([byte], entry)),
    ...opcodeMaps.secondary.flatMap((entry, byte) => openingsOf([OPCODE_ESCAPE, byte], entry)),
  ];
  const byMnemonic = new Map<string, Opening[]>();
  for (const opening of all) {
    const { mnemonic } = opening.form;
    byMnemonic.set(mnemonic, [...(byMnemonic.get(mnemonic) ?? []), opening]);
  }
  return byMnemonic;
}
