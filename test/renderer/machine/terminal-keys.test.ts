import { describe, expect, test } from 'vitest';
import { ownerOf } from '../../../renderer/machine/terminal-keys.ts';
import type { PressedKey } from '../../../renderer/shortcuts.ts';

function press(key: string, held: readonly ('ctrl' | 'meta' | 'shift' | 'alt')[] = []): PressedKey {
  const code = /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key;
  const is = (one: 'ctrl' | 'meta' | 'shift' | 'alt') => held.includes(one);
  return { key, code, ctrlKey: is('ctrl'), metaKey: is('meta'), shiftKey: is('shift'), altKey: is('alt') };
}

describe('keys of a focused console', () => {
  test.each([
    ['a', []],
    ['Tab', []],
    ['Escape', []],
    ['F2', []],
    ['c', ['ctrl']],
    ['d', ['ctrl']],
    ['f', ['ctrl']],
    ['v', ['ctrl']],
    ['w', ['ctrl']],
    ['Tab', ['shift']],
    ['x', ['alt']],
  ] as const)('%s with %j is the guest’s', (key, held) => {
    expect(ownerOf(press(key, held), false)).toBe('guest');
  });

  test.each([
    ['C', ['ctrl', 'shift']],
    ['F', ['ctrl', 'shift']],
    ['F6', ['ctrl']],
    ['+', ['ctrl']],
  ] as const)('%s with %j is the window’s', (key, held) => {
    expect(ownerOf(press(key, held), false)).toBe('window');
  });

  test('pasting is left to the browser, which alone may read the clipboard unasked', () => {
    expect(ownerOf(press('V', ['ctrl', 'shift']), false)).toBe('browser');
    expect(ownerOf(press('v', ['meta']), true)).toBe('browser');
  });
});
