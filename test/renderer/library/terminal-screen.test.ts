/** The miniature's idea of a terminal. */

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { screenAfter } from '../../../renderer/library/terminal-screen.ts';

const screen = (text: string, columns = 10, rows = 4) => screenAfter(new TextEncoder().encode(text), { columns, rows });

test.each([
  ['plain lines', 'one\r\ntwo', ['one', 'two', '', '']],
  ['a bare line feed begins the line, too', 'a\nb', ['a', 'b', '', '']],
  ['a carriage return writes over', 'abc\rX', ['Xbc', '', '', '']],
  ['backspace', 'abc\b\bX', ['aXc', '', '', '']],
  ['tabs', 'a\tb', ['a       b', '', '', '']],
  ['long lines wrap', '0123456789ab', ['0123456789', 'ab', '', '']],
  ['only the last rows stay', '1\r\n2\r\n3\r\n4\r\n5', ['2', '3', '4', '5']],
  ['colours are skipped', '\x1b[1;31mred\x1b[0m', ['red', '', '', '']],
  ['titles are skipped', '\x1b]0;title\x07text', ['text', '', '', '']],
  ['the screen is cleared', 'old\r\n\x1b[2J\x1b[Hnew', ['new', '', '', '']],
  ['the rest of a line is erased', 'abcdef\r\x1b[3C\x1b[K', ['abc', '', '', '']],
  ['the beginning of a line is erased', 'abcdef\r\x1b[2C\x1b[1K', ['   def', '', '', '']],
  ['everything below is erased', 'a\r\nb\r\nc\x1b[1;2H\x1b[J', ['a', '', '', '']],
  ['the cursor is set', '\x1b[2;3HX\x1b[AY', ['   Y', '  X', '', '']],
  ['a sequence cut off at the front is text', '31mred', ['31mred', '', '', '']],
  ['other alphabets', 'Grüße', ['Grüße', '', '', '']],
])('%s', (_, text, lines) => {
  expect(screen(text)).toEqual(lines);
});

test('after scrolling, home is the top of what can be seen', () => {
  expect(screen('1\r\n2\r\n3\r\n4\r\n5\r\n6\x1b[HX')).toEqual(['X', '4', '5', '6']);
});

test('whatever a guest prints, the screen keeps its size', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 400 }),
      fc.array(fc.constantFrom('\x1b[', '9', ';', 'H', 'J', 'K', 'A', 'B', '\n')),
      (bytes, more) => {
        const text = new Uint8Array([...bytes, ...new TextEncoder().encode(more.join(''))]);
        const lines = screenAfter(text, { columns: 20, rows: 5 });
        expect(lines).toHaveLength(5);
        for (const line of lines) expect([...line].length).toBeLessThanOrEqual(20);
      },
    ),
  );
});
