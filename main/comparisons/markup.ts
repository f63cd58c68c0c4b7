/**
 * Markup as a value of its own: text put into it is escaped, whoever wrote it, and only what was made here goes in as it
 * is.  A guest may have any name and die for any reason, and the report is opened by somebody else.
 */

const made = Symbol('markup');

export interface Markup {
  readonly [made]: string;
}

type Part = string | number | Markup | readonly Markup[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export const escapeText = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character]);

/** A template whose parts are escaped unless they are markup; attributes in it must be quoted. */
export function markup(pieces: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const text = pieces.map((piece, index) => piece + (index < parts.length ? written(parts[index]) : '')).join('');
  return { [made]: text };
}

function written(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeText(String(part));
  if (made in part) return part[made];
  return part.map((one) => one[made]).join('');
}

export const nothing: Markup = markup``;

export const markupText = (of: Markup): string => of[made];
