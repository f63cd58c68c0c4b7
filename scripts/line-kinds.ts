/**
 * Counting lines the way people quarrel about them: a line is blank, or only comment, or code.  A line with both is
 * code.  It looks at how lines begin and not at the grammar, so a comment sign inside a long string can fool it.
 */

export interface LineCount {
  readonly files: number;
  readonly code: number;
  readonly comment: number;
  readonly blank: number;
}

type LineKind = 'code' | 'comment' | 'blank';

export const noLines: LineCount = { files: 0, code: 0, comment: 0, blank: 0 };

/** What opens a comment that runs to the end of its line, by the file's ending. `#` opens one in assembly only. */
const lineComment = (path: string) =>
  path.endsWith('.S') ? /^(#(?!\s*(include|if|endif|else|define|undef)\b)|\/\/)/ : /^\/\//;

/** The lines of one source file, by kind. */
export function countLines(path: string, source: string): LineCount {
  const count = { files: 1, code: 0, comment: 0, blank: 0 };
  const opens = lineComment(path);
  let inside = false;
  for (const line of source.replace(/\n$/, '').split('\n')) {
    const text = line.trim();
    const kind: LineKind = inside ? 'comment' : kindOf(text, opens);
    inside = inside ? !text.includes('*/') : kind === 'comment' && text.startsWith('/*') && !text.includes('*/');
    count[kind] += 1;
  }
  return count;
}

function kindOf(text: string, opens: RegExp): LineKind {
  if (text === '') return 'blank';
  if (opens.test(text)) return 'comment';
  const closed = text.indexOf('*/');
  return text.startsWith('/*') && (closed < 0 || closed === text.length - 2) ? 'comment' : 'code';
}

export function addCounts(a: LineCount, b: LineCount): LineCount {
  return {
    files: a.files + b.files,
    code: a.code + b.code,
    comment: a.comment + b.comment,
    blank: a.blank + b.blank,
  };
}
