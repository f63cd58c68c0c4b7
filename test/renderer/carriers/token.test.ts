import { expect, test } from 'vitest';
import { takeToken } from '../../../renderer/carriers/token.ts';

/** A page at this fragment; `kept` is what its tab remembers. */
function pageAt(hash: string, kept = new Map<string, string>()) {
  const shown: string[] = [];
  const page = {
    location: { hash, pathname: '/', search: '?x=1' },
    history: { replaceState: (_: unknown, __: string, address: string) => shown.push(address) },
    sessionStorage: {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (name: string, value: string) => void kept.set(name, value),
    },
  };
  // The few members that are used.
  return { shown, kept, page: page as unknown as Parameters<typeof takeToken>[0] };
}

test('is taken out of the address, and what else is there stays', () => {
  const { page, shown } = pageAt('#token=abc-_1&at=machine/a/console');
  expect(takeToken(page)).toBe('abc-_1');
  expect(shown).toEqual(['/?x=1#at=machine/a/console']);
  const alone = pageAt('#token=abc');
  takeToken(alone.page);
  expect(alone.shown).toEqual(['/?x=1']);
});

test('is remembered by the tab for a reload, and a new one replaces it', () => {
  const { page, kept } = pageAt('#token=first');
  takeToken(page);
  const reloaded = pageAt('#at=log', kept);
  expect(takeToken(reloaded.page)).toBe('first');
  expect(reloaded.shown).toEqual([]);
  expect(takeToken(pageAt('#token=second', kept).page)).toBe('second');
});

test('may be missing', () => {
  expect(takeToken(pageAt('').page)).toBe('');
});
