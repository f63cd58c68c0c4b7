/** The colours a canvas needs, read from the style sheet once per theme: a canvas knows no custom properties. */

const names = ['ink', 'faint', 'line', 'lane', 'accent', 'paper', 'shade'] as const;

export type Palette = Readonly<Record<(typeof names)[number] | 'font', string>>;

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string) => style.getPropertyValue(`--crossings-${name}`).trim() || '#888';
  const colours = Object.fromEntries(names.map((name) => [name, read(name)]));
  return { ...colours, font: style.fontFamily } as Palette; // every name was read
}
