import { describe, expect, it } from 'vitest';
import { supportedMnemonics } from '../../../../core/x86/encoding/table.ts';
import { meanings } from '../../../../core/x86/meaning/table.ts';
import { systemServices } from '../../../../core/x86/system/services.ts';
import { x87Services } from '../../../../core/x86/x87/services.ts';

describe('what an instruction means', () => {
  const places = [meanings, systemServices, x87Services];

  it.each(supportedMnemonics())('%s has one meaning or one service', (mnemonic) => {
    expect(places.filter((place) => mnemonic in place)).toHaveLength(1);
  });

  it('means nothing that cannot be encoded', () => {
    const known = new Set(supportedMnemonics());
    const stray = places.flatMap((place) => Object.keys(place)).filter((mnemonic) => !known.has(mnemonic));
    expect(stray).toEqual([]);
  });
});
