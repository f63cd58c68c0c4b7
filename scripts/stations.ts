/**
 * The journey: a story told in the comments of the code, station by station.  Here a source text is read for its
 * stations, JOURNEY.md for its list of them, and the two are compared.  Nothing here touches files or prints.
 *
 * A station is the stretch from a comment that opens with the journey mark and a name, `chapter/name`, to a comment
 * that says the end mark.  Its title is what follows the name on the same line, or else the tale's first sentence.
 */

/** The chapters in the order of the tale, which is lguest's own order with two of ours. */
export const chapters = [
  { name: 'preparation', about: 'What a reader wants to know first, and what everybody agrees on.' },
  { name: 'guest', about: 'A kernel that knows it is not alone, and asks politely.' },
  { name: 'drivers', about: 'How a guest speaks to devices that are not there.' },
  { name: 'launcher', about: 'Who gives a guest its memory, its image, and somebody to talk to.' },
  { name: 'host', about: 'Who answers when a guest asks, and stays calm when it misbehaves.' },
  { name: 'switcher', about: 'One page of assembly, astride both worlds.' },
  { name: 'ground', about: 'The processor underneath, which has never heard of guests.' },
  { name: 'glass', about: 'The window, and what may be seen through it.' },
  {
    name: 'mastery',
    about: 'What was not built: each idea at the line where it would begin, with the case against it.',
  },
] as const;

export interface Station {
  /** `chapter/name`. */
  readonly id: string;
  readonly title: string;
  readonly path: string;
  /** Line of the opening mark, from 1. */
  readonly line: number;
  /** The rest of the comment that the mark opened, without the comment's signs. */
  readonly tale: readonly string[];
  /** What follows the comment, to the end mark, as it stands in the file. */
  readonly code: readonly string[];
}

/** One line of JOURNEY.md, with the chapter heading it stands under. */
export type Listing = Pick<Station, 'id' | 'path' | 'title'> & { readonly chapter: string };

const openingMark = /^\s*(?:\/\*+|\/\/|\*|#|;)\s*@journey\b\s*(\S*)\s*(.*?)\s*(?:\*\/)?$/;
const endMark = /^\s*(?:\/\*+|\/\/|\*|#|;)\s*@end\b/;
const listingLine = /^- \[([^\]]+)\]\(([^)]+)\)\s*(.*)$/;

/** The stations of one source text, and what is wrong with its marks. */
export function stationsIn(path: string, source: string): { stations: Station[]; faults: string[] } {
  const lines = source.split(/\r?\n/);
  const stations: Station[] = [];
  const faults: string[] = [];
  let open: { id: string; rest: string; at: number } | null = null;
  lines.forEach((line, at) => {
    const opening = openingMark.exec(line);
    if (opening !== null) {
      if (open !== null) faults.push(`${path}:${at + 1} opens ${opening[1]} inside ${open.id}`);
      open = { id: opening[1], rest: opening[2], at };
      faults.push(...nameFaults(path, at + 1, open.id));
    } else if (endMark.test(line)) {
      if (open === null) faults.push(`${path}:${at + 1} ends a station that was never opened`);
      else stations.push(station(path, lines, open, at));
      open = null;
    }
  });
  // The closure above assigns it, which the compiler cannot see.
  const left = open as { id: string; at: number } | null;
  if (left !== null) faults.push(`${path}:${left.at + 1} opens ${left.id} and never ends it`);
  return { stations, faults };
}

function nameFaults(path: string, line: number, id: string): string[] {
  const parts = /^([a-z]+)\/[a-z0-9-]+$/.exec(id);
  if (parts === null) return [`${path}:${line} names a station "${id}", which is not chapter/name`];
  const known = chapters.some(({ name }) => name === parts[1]);
  return known ? [] : [`${path}:${line} names a station in "${parts[1]}", which is no chapter`];
}

function station(path: string, lines: string[], open: { id: string; rest: string; at: number }, end: number): Station {
  const inBlock = /^\s*(\/\*|\*)/.test(lines[open.at]) && !lines[open.at].includes('*/');
  const text = lines.slice(open.at + 1, end);
  const length = text.findIndex((line) => (inBlock ? line.includes('*/') : !/^\s*(\/\/|#|;)/.test(line)));
  const closed = length < 0 ? text.length : length + (inBlock ? 1 : 0);
  const tale = trimBlank(text.slice(0, closed).map(bare));
  const title = open.rest || firstSentence(tale) || inWords(open.id);
  return { id: open.id, title: title.replace(/[.:;]$/, ''), path, line: open.at + 1, tale, code: text.slice(closed) };
}

/** A line of a comment without the comment's own signs. */
function bare(line: string): string {
  return line.replace(/^\s*(?:\/\*+|\*+\/|\/\/|\*|#|;)? ?/, '').replace(/\s*\*\/\s*$/, '');
}

function trimBlank(lines: string[]): string[] {
  const full = lines.map((line) => line.trim() !== '');
  return full.includes(true) ? lines.slice(full.indexOf(true), full.lastIndexOf(true) + 1) : [];
}

/** Longer than this, a sentence is not a title. */
const longestTitle = 72;

/** The sentence a tale begins with, if it would do as a title. */
function firstSentence(tale: readonly string[]): string {
  const paragraph = tale
    .join('\n')
    .split(/\n\s*\n/)[0]
    .replace(/\s+/g, ' ');
  const [sentence] = paragraph.split(/(?<=[.:;?!]) /);
  return sentence.length <= longestTitle ? sentence : '';
}

/** `host/run-guest` is "Run guest", until somebody finds a better title. */
function inWords(id: string): string {
  return heading(id.slice(id.indexOf('/') + 1).replaceAll('-', ' '));
}

/** The list that JOURNEY.md keeps. */
export function readList(markdown: string): Listing[] {
  let chapter = '';
  return markdown.split(/\r?\n/).flatMap((line) => {
    if (line.startsWith('## ')) chapter = line.slice(3).trim().toLowerCase();
    const listing = listingLine.exec(line);
    return listing === null ? [] : [{ id: listing[1], path: listing[2], title: listing[3], chapter }];
  });
}

/** Where the code and the list tell different stories, a sentence each. Titles may differ: the list is edited by hand. */
export function disagreements(stations: readonly Station[], listings: readonly Listing[], markdown: string): string[] {
  const at = (one: { id: string; path: string }) => `${one.id} (${one.path})`;
  const placed = new Set(listings.map(at));
  const told = new Set(stations.map(at));
  const headings = [...markdown.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
  const wanted = chapters.map(({ name }) => heading(name));
  return [
    ...repeated(stations.map(({ id }) => id)).map((id) => `the code tells ${id} more than once`),
    ...repeated(listings.map(({ id }) => id)).map((id) => `JOURNEY.md lists ${id} more than once`),
    ...stations.filter((one) => !placed.has(at(one))).map((one) => `JOURNEY.md does not list ${at(one)}`),
    ...listings.filter((one) => !told.has(at(one))).map((one) => `the code does not tell ${at(one)}`),
    ...listings
      .filter(({ id, chapter }) => !id.startsWith(`${chapter}/`))
      .map(({ id, chapter }) => `JOURNEY.md lists ${id} under "${chapter}"`),
    ...listings.filter(({ title }) => title === '').map(({ id }) => `JOURNEY.md gives ${id} no title`),
    ...(headings.join() === wanted.join() ? [] : [`JOURNEY.md's chapters are not ${wanted.join(', ')}`]),
  ];
}

function repeated(names: readonly string[]): string[] {
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))];
}

function heading(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a chapter without stations says for itself. */
export const emptyChapter = 'No stations yet.';

/** JOURNEY.md's list as the code would have it: known stations keep their place and title, new ones follow. */
export function freshList(stations: readonly Station[], listings: readonly Listing[]): string {
  const chapterTexts = chapters.map(({ name, about }) => {
    const lines = inListedOrder(stations, listings)
      .filter(({ id }) => id.startsWith(`${name}/`))
      .map(({ id, path, title }) => `- [${id}](${path}) ${title}`);
    return `## ${heading(name)}\n${about}\n\n${lines.length > 0 ? lines.join('\n') : emptyChapter}\n`;
  });
  return chapterTexts.join('\n');
}

/** The stations in the order the list tells them, under the titles it gives them; those it does not know come last. */
export function inListedOrder(stations: readonly Station[], listings: readonly Listing[]): Station[] {
  const known = listings.flatMap(({ id, title }) => {
    const one = stations.find((station) => station.id === id);
    return one === undefined ? [] : [{ ...one, title: title || one.title }];
  });
  return [...known, ...stations.filter(({ id }) => !known.some((one) => one.id === id))];
}
