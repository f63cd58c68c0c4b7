/** Which rows of a long table exist on screen: thousands are listed, some thirty are drawn. */

export interface Viewport {
  readonly top: number;
  readonly height: number;
}

export const ROW_HEIGHT = 24;
/** Rows drawn beyond each edge, so that a quick scroll shows no gap. */
const BEYOND = 8;

export function rowsInView({ top, height }: Viewport, count: number): { readonly first: number; readonly end: number } {
  // A list that has just grown shorter is still scrolled to where it was.
  const first = Math.min(count, Math.max(0, Math.floor(top / ROW_HEIGHT) - BEYOND));
  const end = Math.min(count, Math.ceil((top + height) / ROW_HEIGHT) + BEYOND);
  return { first, end };
}

/** Where to scroll so that a row is seen whole; null if it is. A row far away is brought to the middle. */
export function scrollToShow(row: number, { top, height }: Viewport): number | null {
  const above = row * ROW_HEIGHT;
  const below = above + ROW_HEIGHT;
  if (above >= top && below <= top + height) return null;
  if (above < top - height || below > top + 2 * height) return Math.max(0, above - height / 2 + ROW_HEIGHT / 2);
  return above < top ? above : below - height;
}

/** Where a key takes the active row, or null if the key is none of the table's. `row` is -1 while none is active. */
export function rowAfterKey(key: string, row: number, count: number, height: number): number | null {
  if (count === 0) return null;
  const page = Math.max(1, Math.floor(height / ROW_HEIGHT) - 1);
  const moves: Record<string, number> = {
    ArrowDown: row + 1,
    ArrowUp: row < 0 ? count - 1 : row - 1,
    PageDown: row + page,
    PageUp: row - page,
    Home: 0,
    End: count - 1,
  };
  return Object.hasOwn(moves, key) ? Math.min(Math.max(moves[key], 0), count - 1) : null;
}
