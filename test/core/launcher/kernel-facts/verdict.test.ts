import { describe, expect, test } from 'vitest';
import { lguestEras } from '../../../../core/agreement/lguest-data.ts';
import { fact } from '../../../../core/launcher/kernel-facts/fact.ts';
import { type Evidence, judge } from '../../../../core/launcher/kernel-facts/verdict.ts';

const nothing: Evidence = {
  bits: fact(32, 'header'),
  version: null,
  lguestSymbol: null,
  packed: false,
  seen: null,
};
const silent = { era: null, spoke: false, banner: null, paeTables: false, died: true };
const spoken = { ...silent, era: lguestEras[0], spoke: true, died: false };

describe('the verdict on a kernel', () => {
  test.each<[string, Partial<Evidence>, string, string]>([
    ['nothing known', {}, 'unknown', 'file'],
    ['64 bits, whatever else', { bits: fact(64, 'header'), lguestSymbol: true }, 'no', 'header'],
    ['its own word, against its version', { version: fact('4.14.0', 'header'), seen: spoken }, 'yes', 'run'],
    ['its own word, with PAE', { seen: { ...spoken, paeTables: true } }, 'with PAE', 'run'],
    ['a symbol', { lguestSymbol: true }, 'yes', 'symbols'],
    ['no such symbol', { lguestSymbol: false }, 'no', 'symbols'],
    ['a symbol, and it died in silence', { lguestSymbol: true, seen: { ...silent, banner: '3.11' } }, 'yes', 'symbols'],
    ['a version too new', { version: fact('5.10.1', 'file') }, 'no', 'file'],
    ['a version in between', { version: fact('4.13.16', 'file') }, 'unknown', 'file'],
    ['wrong words', { seen: { ...silent, spoke: true } }, 'unknown', 'run'],
    ['a long silence', { seen: { ...silent, died: false } }, 'unknown', 'run'],
  ])('from %s', (_, evidence, answer, origin) => {
    const verdict = judge({ ...nothing, ...evidence });
    expect(verdict).toMatchObject({ answer, origin });
    expect(verdict.because).toMatch(/^[^A-Z\n][^\n]*[^.\n]$|^Linux \d/);
  });
});
