/**
 * What the fast path costs in lines, counted from the source: everything between a comment saying `fast path begins` and
 * one saying `fast path ends`, in the Switcher's assembly and in core's TypeScript.  Comments are counted apart, since
 * in the assembly they are the verse its author was asked for.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface AddedLines {
  /** Neither blank nor comment. */
  readonly code: number;
  /** Comment lines of assembly: the verse. */
  readonly verse: number;
  /** Comment lines of TypeScript. */
  readonly comment: number;
}

const BEGINS = /fast path begins/;
const ENDS = /fast path ends/;
const LINE_COMMENT = /^(\/\/|#(?!\s*(include|if|ifdef|ifndef|endif|else|elif|define|undef)\b))/;

/** Lines between the markers of one source text. An unclosed stretch is a mistake of ours. */
export function countAddedLines(path: string, source: string): AddedLines {
  const count = { code: 0, comment: 0 };
  let [inside, inComment] = [false, false];
  for (const line of source.split('\n')) {
    const text = line.trim();
    if (BEGINS.test(text)) inside = true;
    else if (ENDS.test(text)) inside = false;
    else if (inside && text !== '') count[inComment || isComment(text) ? 'comment' : 'code']++;
    if (text.startsWith('/*')) inComment = true;
    if (text.includes('*/')) inComment = false;
  }
  if (inside) throw new Error(`${path}: a "fast path begins" has no end`);
  const assembly = path.endsWith('.S');
  return { code: count.code, verse: assembly ? count.comment : 0, comment: assembly ? 0 : count.comment };
}

const isComment = (text: string) => text.startsWith('/*') || LINE_COMMENT.test(text);

/** Counts the whole of `core`. */
export function addedLines(): AddedLines {
  const core = fileURLToPath(new URL('../core/', import.meta.url));
  const total = { code: 0, verse: 0, comment: 0 };
  for (const entry of readdirSync(core, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!/\.(ts|S)$/.test(entry)) continue;
    const count = countAddedLines(entry, readFileSync(`${core}${entry}`, 'utf8'));
    for (const kind of ['code', 'verse', 'comment'] as const) total[kind] += count[kind];
  }
  return total;
}
