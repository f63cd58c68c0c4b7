/**
 * What a TypeScript file leans on, and whether it may.  The syntax is read by a real parser (the one Vite carries), so
 * an import in a comment or a string is not one, and a type-only or dynamic import is.
 */

import { posix } from 'node:path';
import { parseAst } from 'vitest/node';

export interface Import {
  /** As written: './state.ts', 'node:fs'; or null for `import(expression)`, which nobody can check. */
  readonly from: string | null;
  readonly typeOnly: boolean;
}

/** A folder's row in the table. `packages` are names, or names ending in `*`; `typesFrom` allows only types. */
interface Row {
  readonly folder: string;
  readonly leansOn: readonly string[];
  readonly typesFrom?: readonly string[];
  readonly packages?: readonly string[];
}

const leaves = ['core/agreement', 'core/counters'];

/** The table at the head of the style guide.  A folder may always lean on itself; the most specific row decides. */
export const fence: readonly Row[] = [
  { folder: 'core/agreement', leansOn: [] },
  { folder: 'core/counters', leansOn: [] },
  { folder: 'core/x86', leansOn: leaves },
  { folder: 'core/switcher', leansOn: ['core/x86', ...leaves] },
  { folder: 'core/host', leansOn: ['core/switcher', ...leaves] },
  { folder: 'core/launcher', leansOn: ['core/host', ...leaves] },
  { folder: 'core/protocol', leansOn: leaves, typesFrom: ['core'], packages: ['valibot'] },
  {
    folder: 'main',
    leansOn: ['core'],
    packages: ['node:*', 'electron', 'ws', 'valibot', '@msgpack/msgpack', 'fflate'],
  },
  {
    folder: 'renderer',
    leansOn: ['core/protocol'],
    packages: [
      'react', 'react/*', 'react-dom', 'react-dom/*', '@xterm/*', 'uplot', 'uplot/*', 'zustand', 'zustand/*',
      'valibot', '@msgpack/msgpack',
    ], // biome-ignore format: a list to be read as one
  },
];

/** Why the file at `path` (relative to the project) may not import this; null when it may. */
export function objection(path: string, { from, typeOnly }: Import): string | null {
  const row = fence.find(({ folder }) => within(folder, path));
  if (row === undefined) return `${path} lies in a folder the table does not know`;
  if (from === null) return `${path} imports what only a running program could name`;
  const relative = from.startsWith('.');
  const target = relative ? posix.join(posix.dirname(path), from) : from;
  const allowed = relative
    ? [row.folder, ...row.leansOn, ...(typeOnly ? (row.typesFrom ?? []) : [])].some((folder) => within(folder, target))
    : (row.packages ?? []).some((name) => matches(name, target));
  return allowed ? null : `${path} imports ${typeOnly ? 'types from ' : ''}${target}`;
}

function within(folder: string, path: string): boolean {
  return path.startsWith(`${folder}/`);
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** The little of a syntax tree that is looked at here. */
interface SyntaxNode {
  readonly type: string;
  readonly [part: string]: unknown;
}

/** Every import of a source text: static, re-exported, type-only, dynamic, `import('…')` types, `/// <reference>`. */
export function importsIn(path: string, source: string): Import[] {
  const found: Import[] = [];
  visit(parseAst(source, { lang: path.endsWith('.tsx') ? 'tsx' : 'ts' }), (node) => {
    const one = importOf(node);
    if (one !== null) found.push(one);
  });
  for (const [, kind, from] of source.matchAll(/^\/\/\/\s*<reference\s+(path|types|lib)="([^"]*)"/gm)) {
    found.push({ from: kind === 'path' && !from.startsWith('.') ? `./${from}` : from, typeOnly: true });
  }
  return found;
}

/** Calls `see` with every node of a syntax tree, parents first. */
export function visit(node: unknown, see: (node: SyntaxNode) => void): void {
  if (Array.isArray(node)) for (const part of node) visit(part, see);
  else if (isSyntaxNode(node)) {
    see(node);
    for (const part of Object.values(node)) visit(part, see);
  }
}

function isSyntaxNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}

function importOf(node: SyntaxNode): Import | null {
  switch (node.type) {
    case 'ImportDeclaration':
      return { from: literal(node.source), typeOnly: node.importKind === 'type' || onlyTypesNamed(node.specifiers) };
    case 'ExportAllDeclaration':
      return { from: literal(node.source), typeOnly: node.exportKind === 'type' };
    case 'ExportNamedDeclaration':
      if (node.source === null || node.source === undefined) return null;
      return { from: literal(node.source), typeOnly: node.exportKind === 'type' };
    case 'ImportExpression':
      return { from: literal(node.source), typeOnly: false };
    case 'TSImportType':
      return { from: literal(node.source), typeOnly: true };
    case 'TSExternalModuleReference':
      return { from: literal(node.expression), typeOnly: false };
    case 'CallExpression':
      return isSyntaxNode(node.callee) && node.callee.name === 'require'
        ? { from: literal(Array.isArray(node.arguments) ? node.arguments[0] : null), typeOnly: false }
        : null;
    default:
      return null;
  }
}

/** `import { type A, type B }` names only types, though the declaration does not say so. */
function onlyTypesNamed(specifiers: unknown): boolean {
  if (!Array.isArray(specifiers) || specifiers.length === 0) return false;
  return specifiers.every((specifier) => isSyntaxNode(specifier) && specifier.importKind === 'type');
}

function literal(node: unknown): string | null {
  return isSyntaxNode(node) && node.type === 'Literal' && typeof node.value === 'string' ? node.value : null;
}
