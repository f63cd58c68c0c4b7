/** Where the bar of a splitter stands, as the share of the first part: 0 to 1. */

/** Less than this is no part worth having. */
const SMALLEST = 0.12;
const STEP = 0.02;

/** Close to an end means at the end. */
export function closedShare(share: number): number {
  if (share < SMALLEST) return share < SMALLEST / 2 ? 0 : SMALLEST;
  if (share > 1 - SMALLEST) return share > 1 - SMALLEST / 2 ? 1 : 1 - SMALLEST;
  return share;
}

/** What was remembered, if it makes sense. */
export function shareFrom(kept: string | null, usual: number): number {
  const share = kept === null || kept.trim() === '' ? Number.NaN : Number(kept);
  return share >= 0 && share <= 1 ? closedShare(share) : usual;
}

/** Where a key moves it; null for keys that do not. */
export function stepShare(key: string, share: number, usual: number, arrangement: 'beside' | 'below'): number | null {
  const [less, more] = arrangement === 'beside' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
  // A step out of a closed end leads to the smallest open one, and a step against it closes.
  if (key === less) return share <= SMALLEST ? 0 : share === 1 ? 1 - SMALLEST : Math.max(SMALLEST, share - STEP);
  if (key === more) return share >= 1 - SMALLEST ? 1 : share === 0 ? SMALLEST : Math.min(1 - SMALLEST, share + STEP);
  if (key === 'Home') return 0;
  if (key === 'End') return 1;
  return key === 'Enter' ? usual : null;
}
