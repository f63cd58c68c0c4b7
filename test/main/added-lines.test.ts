import { describe, expect, test } from 'vitest';
import { addedLines, countAddedLines } from '../../main/added-lines.ts';

describe('lines of the fast path', () => {
  test('in assembly are code, and verse', () => {
    const source = `
        nop
        # fast path begins
# Whose fault is this?
        mov     eax, cr2   # a line with both is code

/* An aside
   of two lines. */
        iret
        // fast path ends
        nop
#include "x.h"
        /* fast path begins */
#include "y.h"
        /* fast path ends */
`;
    expect(countAddedLines('switcher.S', source)).toEqual({ code: 3, verse: 3, comment: 0 });
  });

  test('in TypeScript are code and comments', () => {
    const source = `
a();
// fast path begins
/** Why. */
b();

// fast path ends
c();
`;
    expect(countAddedLines('host.ts', source)).toEqual({ code: 1, verse: 0, comment: 1 });
  });

  test('that never end are a mistake', () => {
    expect(() => countAddedLines('a.ts', '// fast path begins\nb();')).toThrow(/a\.ts.*no end/);
  });

  test('are found in the tree, verse and all', () => {
    const { code, verse } = addedLines();
    expect(code).toBeGreaterThan(10);
    expect(verse).toBeGreaterThan(5);
  });
});
