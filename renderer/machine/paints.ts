/**
 * Colours for what is drawn without style sheets: terminals and charts.  They are custom properties all the same, read
 * when the theme changes and not in between, because reading one makes the browser settle its styles.
 */

import type { ITheme } from '@xterm/xterm';

export type Theme = 'light' | 'dark';

export const themeNow = (): Theme => (document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light');

/** Calls back whenever the page's theme was changed; returns what ends it. */
export function onTheme(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
  return () => observer.disconnect();
}

/** The value of a custom property where this element stands; the fallback if nobody defined it. */
export function property(name: string, fallback: string, element: Element = document.documentElement): string {
  return getComputedStyle(element).getPropertyValue(name).trim() || fallback;
}

const ansiNames = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'brightBlack',
  'brightRed',
  'brightGreen',
  'brightYellow',
  'brightBlue',
  'brightMagenta',
  'brightCyan',
  'brightWhite',
] as const;

/** 'brightRed' as '--ansi-bright-red'. */
const propertyOf = (name: string): string => `--ansi-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The terminal's colours as machine.css has them. */
export function terminalTheme(): ITheme {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string) => style.getPropertyValue(name).trim() || undefined;
  return {
    background: value('--console-background'),
    foreground: value('--console-text'),
    cursor: value('--console-cursor'),
    cursorAccent: value('--console-background'),
    selectionBackground: value('--console-selection'),
    scrollbarSliderBackground: value('--console-scrollbar'),
    scrollbarSliderHoverBackground: value('--console-scrollbar-hover'),
    scrollbarSliderActiveBackground: value('--console-scrollbar-hover'),
    ...Object.fromEntries(ansiNames.map((name) => [name, value(propertyOf(name))])),
  };
}

/** For the search, which knows only #rrggbb. */
export function searchPaints(): { readonly match: string; readonly active: string } {
  return { match: property('--console-match', '#7a6a2a'), active: property('--console-match-active', '#d9820f') };
}

function onePixel(): CanvasRenderingContext2D | null {
  const canvas = document.createElement('canvas');
  canvas.width = 1;
  canvas.height = 1;
  return canvas.getContext('2d', { willReadFrequently: true });
}

let painter: CanvasRenderingContext2D | null | undefined;

/** Any colour a style sheet knows, as three numbers: painted on one pixel and read back. */
export function rgbOf(colour: string): readonly [red: number, green: number, blue: number] {
  painter ??= onePixel();
  if (!painter) return [117, 128, 143];
  painter.fillStyle = colour;
  painter.fillRect(0, 0, 1, 1);
  const [red, green, blue] = painter.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
