/** Counts in the closing note come from here. */

import { expect, test } from 'vitest';
import { countLines } from '../../scripts/line-kinds.ts';

test.each([
  ['a.ts', 'const a = 1; // why\n', { code: 1, comment: 0, blank: 0 }],
  ['a.ts', '// why\n\n  // why else\nconst a = 1;\n', { code: 1, comment: 2, blank: 1 }],
  ['a.ts', '/**\n * Why.\n */\nconst a = 1;\n', { code: 1, comment: 3, blank: 0 }],
  ['a.ts', '/** Why. */\n/* in */ const a = 1;\n#!x\n', { code: 2, comment: 1, blank: 0 }],
  ['a.S', '# verse\n#include "a.h"\n  mov %eax, %ebx # why\n/* prose\n*/\n', { code: 2, comment: 3, blank: 0 }],
])('%s %j', (path, source, count) => {
  expect(countLines(path, source)).toEqual({ files: 1, ...count });
});
