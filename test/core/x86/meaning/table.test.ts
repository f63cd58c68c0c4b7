import { describe, expect, it } from 'vitest';
import { decode } from '../../../../core/x86/encoding/decode.ts';
import { supportedMnemonics } from '../../../../core/x86/encoding/table.ts';
import { meaningOf, meanings } from '../../../../core/x86/meaning/table.ts';
import { systemServices } from '../../../../core/x86/system/services.ts';
import { x87Services } from '../../../../core/x86/x87/services.ts';

describe('what an instruction means', () => {
  const places = [meanings, systemServices, x87Services];

  const repeatable = new Set(['movs', 'stos', 'lods', 'cmps', 'scas']);

  it.each(supportedMnemonics())('%s has one meaning or one service', (mnemonic) => {
    expect(places.filter((place) => mnemonic in place)).toHaveLength(repeatable.has(mnemonic) ? 2 : 1);
  });

  it('leaves string instructions to their service only where they are repeated', () => {
    const once = decode((index) => [0xa4][index] ?? -1, true);
    const repeated = decode((index) => [0xf3, 0xa4][index] ?? -1, true);
    if ('fault' in once || 'fault' in repeated) throw new Error('movs does not decode');
    expect(meaningOf(once)).toBe(meanings.movs);
    expect(meaningOf(repeated)).toBeNull();
  });

  it('means nothing that cannot be encoded', () => {
    const known = new Set(supportedMnemonics());
    const stray = places.flatMap((place) => Object.keys(place)).filter((mnemonic) => !known.has(mnemonic));
    expect(stray).toEqual([]);
  });
});
