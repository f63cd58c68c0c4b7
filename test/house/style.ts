/**
 * The rules of the style guide that a program can check, each as a function from a file to what is wrong with it.
 * They read text, not grammar; what needs grammar is the linter's, or the fence's.
 */

import { basename } from 'node:path';

/** Longest a file may be that is not a table. */
export const longestFile = 300;

export function tooLong(path: string, source: string): string[] {
  const lines = lineCount(source);
  return lines > longestFile ? [`${path} has ${lines} lines`] : [];
}

export function lineCount(source: string): number {
  return source.split('\n').length - (source.endsWith('\n') ? 1 : 0);
}

/** Places where the right name is missing. */
const missingNames = ['manager', 'helper', 'helpers', 'util', 'utils', 'handle', 'process', 'data', 'info'];

/** `lguest-data` may: it is what the ABI calls that record. */
export function badName(path: string): string[] {
  const name = basename(path);
  if (!/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.(ts|tsx|c|S|h)$/.test(name)) return [`${path} is not kebab-case`];
  const words = name
    .replace('lguest-data', 'lguest')
    .split(/[-.]/)
    .filter((word) => missingNames.includes(word));
  return words.map((word) => `${path} calls itself "${word}"`);
}

export function opensWithoutComment(path: string, source: string): string[] {
  const text = source.replace(/^#!.*\n/, '').trimStart();
  return /^(\/\*|\/\/|#(?!include|define|if))/.test(text) ? [] : [`${path} does not open with why it exists`];
}

// Put together from halves, so that this file may be read by its own rules.
const promises = new RegExp(`\\b(${['TO', 'FIX'].join('DO|')}ME|${'XX'}X|${'HA'}CK)\\b`);

export function unkeptPromises(path: string, source: string): string[] {
  return source.split('\n').flatMap((line, i) => (promises.test(line) ? [`${path}:${i + 1} ${line.trim()}`] : []));
}

const machineFolders = ['work', 'root'].map((folder) => `/${folder}/`);

/** Paths that exist on the machine it was written on and nowhere else. `text` may be a binary read as Latin-1. */
export function machinePaths(path: string, text: string): string[] {
  return machineFolders.flatMap((folder) => {
    const at = text.search(new RegExp(`(?<![\\w.*/-])${folder}`));
    return at < 0 ? [] : [`${path} names ${JSON.stringify(text.slice(at, at + 40))}`];
  });
}

/** Relative imports say which file they mean, ending and all. */
export function vagueImport(path: string, from: string | null): string[] {
  const vague = from?.startsWith('.') && !/\.(ts|tsx|css|json)$/.test(from);
  return vague ? [`${path} imports ${from}, which has no ending`] : [];
}
