/** Whoever changes a colour hears it here if it can no longer be read: 4.5 is what WCAG 2 asks for text (1.4.3, AA). */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../../scripts/tree.ts';

const READABLE = 4.5;

const sheet = readFileSync(join(projectRoot, 'renderer/look/tokens.css'), 'utf8');
const [light, dark] = ['\n:root {', '\n[data-theme="dark"] {'].map((opening) => {
  const rule = sheet.slice(sheet.indexOf(opening) + opening.length);
  const colours = rule.slice(0, rule.indexOf('\n}')).matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g);
  return Object.fromEntries([...colours].map(([, name, value]) => [name, value]));
}) as [Record<string, string>, Record<string, string>]; // two openings give two tables

/** WCAG 2, "relative luminance". */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number]; // three places give three shares
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]; // of two
  return (lighter + 0.05) / (darker + 0.05);
}

const grounds = ['paper', 'surface', 'surface-raised', 'surface-sunken'];
const writing = ['text', 'text-quiet', 'text-faint', 'accent', 'good', 'warn', 'bad'];
const pairs = [
  ...writing.flatMap((text) => grounds.map((ground) => [text, ground] as const)),
  ...['accent', 'good', 'warn', 'bad'].map((tone) => [tone, `${tone}-soft`] as const),
  // The chosen line of a list, with its state in it.
  ...['text', 'text-quiet', 'good', 'warn', 'bad'].map((text) => [text, 'accent-soft'] as const),
  ['on-accent', 'accent'] as const,
  ['on-accent', 'accent-hover'] as const,
  ['surface', 'bad'] as const,
  ['miniature-text', 'miniature'] as const,
];

test('black on white is as far apart as it gets', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
});

describe.each([
  ['light', light],
  ['dark', dark],
])('in the %s theme', (_, colours) => {
  test.each(pairs)('%s can be read on %s', (text, ground) => {
    expect(colours).toHaveProperty(text);
    expect(colours).toHaveProperty(ground);
    expect(contrast(colours[text]!, colours[ground]!)).toBeGreaterThanOrEqual(READABLE);
  });
});
