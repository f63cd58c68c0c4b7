/** Keys: which are meant, on which keyboards, and that no two commands fight over one. */

import { describe, expect, test } from 'vitest';
import { commandList } from '../../../core/protocol/commands.ts';
import { actionOf, refusalOf } from '../../../renderer/commands.ts';
import { commandsFor } from '../../../renderer/shell/use-shortcuts.ts';
import { matches, type PressedKey, spell } from '../../../renderer/shortcuts.ts';

const press = (key: string, code: string, ...held: ('ctrl' | 'meta' | 'shift' | 'alt')[]): PressedKey => ({
  key,
  code,
  ctrlKey: held.includes('ctrl'),
  metaKey: held.includes('meta'),
  shiftKey: held.includes('shift'),
  altKey: held.includes('alt'),
});

describe('a shortcut', () => {
  test.each([
    ['Mod+Shift+M', press('M', 'KeyM', 'ctrl', 'shift'), true],
    ['Mod+Shift+M', press('m', 'KeyM', 'ctrl'), false],
    ['Mod+Shift+M', press('M', 'KeyM', 'ctrl', 'shift', 'alt'), false],
    ['Mod+Shift+M', press('M', 'KeyM', 'meta', 'shift'), false],
    // Dvorak writes an M elsewhere; Cyrillic writes none.
    ['Mod+Shift+M', press('M', 'KeyN', 'ctrl', 'shift'), true],
    ['Mod+Shift+M', press('X', 'KeyM', 'ctrl', 'shift'), false],
    ['Mod+Shift+M', press('Ь', 'KeyM', 'ctrl', 'shift'), true],
    // French digits lie under Shift.
    ['Mod+1', press('&', 'Digit1', 'ctrl'), true],
    ['Mod+1', press('1', 'Digit1'), false],
    ['Mod+Plus', press('+', 'Equal', 'ctrl', 'shift'), true],
    ['Mod+Plus', press('=', 'Equal', 'ctrl'), true],
    ['Mod+-', press('-', 'Minus', 'ctrl'), true],
    // German has the slash on Shift+7.
    ['Mod+/', press('/', 'Digit7', 'ctrl', 'shift'), true],
    ['F1', press('F1', 'F1'), true],
    ['F1', press('F1', 'F1', 'ctrl'), false],
    ['Mod+Shift+Enter', press('Enter', 'Enter', 'ctrl', 'shift'), true],
    ['', press('a', 'KeyA'), false],
  ])('%s, pressed as %o: %s', (shortcut, pressed, meant) => {
    expect(matches(pressed, shortcut, false)).toBe(meant);
  });

  test('is Command on a Mac, and Control is not', () => {
    expect(matches(press('M', 'KeyM', 'meta', 'shift'), 'Mod+Shift+M', true)).toBe(true);
    expect(matches(press('M', 'KeyM', 'ctrl', 'shift'), 'Mod+Shift+M', true)).toBe(false);
  });

  test('is spelled as the computer does', () => {
    expect(spell('Mod+Shift+Enter', false)).toBe('Ctrl+Shift+Enter');
    expect(spell('Mod+Shift+Enter', true)).toBe('⌘⇧↩');
    expect(spell('Mod+Plus', false)).toBe('Ctrl++');
    expect(spell('', false)).toBe('');
  });
});

describe('the list of commands', () => {
  test('has each name once', () => {
    const names = commandList.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('shares a shortcut only between commands of which one is possible', () => {
    const owners = new Map<string, string[]>();
    for (const { name, shortcut } of commandList)
      if (shortcut !== '') owners.set(shortcut, [...(owners.get(shortcut) ?? []), name]);
    expect([...owners.values()].filter((names) => names.length > 1)).toEqual([['machine.pause', 'machine.resume']]);
  });

  test('takes no key that a guest waits for or a browser keeps', () => {
    for (const { shortcut } of commandList) {
      expect(shortcut).not.toMatch(/^Mod\+[A-Z]$/);
      expect(['Mod+Shift+N', 'Mod+Shift+T', 'Mod+Shift+W', 'Mod+Shift+P']).not.toContain(shortcut);
    }
  });
});

test('Ctrl+K opens the palette, but is the guest’s in a console', () => {
  const pressed = press('k', 'KeyK', 'ctrl');
  expect(commandsFor(pressed, false, false)).toEqual(['view.palette']);
  expect(commandsFor(pressed, false, true)).toEqual([]);
  expect(commandsFor(press('F1', 'F1'), false, true)).toEqual(['view.palette']);
});

test('the last offer of a command counts', () => {
  const done: string[] = [];
  const offers = ['shell', 'view'].map((who) => ({ name: 'machine.fastPath' as const, run: () => done.push(who) }));
  actionOf(offers, 'machine.fastPath')?.();
  expect(done).toEqual(['view']);
  expect(actionOf(offers, 'machine.start')).toBeNull();
});

test('a command chosen in vain says what it needs', () => {
  const pause = commandList.find(({ name }) => name === 'machine.pause')!;
  expect(refusalOf(pause)).toBe('“Pause” needs a machine that is running.');
});
