/** Where on the screen the window was, so that it opens there again, unless that screen is gone. */

import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';

const whole = v.pipe(v.number(), v.integer());
const windowPlace = v.object({ x: whole, y: whole, width: whole, height: whole, maximized: v.boolean() });
export type WindowPlace = v.InferOutput<typeof windowPlace>;

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const smallestWindow = { width: 640, height: 420 } as const;
export const firstWindow = { width: 1240, height: 800 } as const;
/** So much of the window must be on some screen for a person to get hold of it. */
const GRIP = 80;

/** null where there is none, or none that can be read: it is a convenience and no reason to complain. */
export function readWindowPlace(path: string): WindowPlace | null {
  try {
    return v.parse(windowPlace, JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

/** Silent if the disk is full, for the same reason. */
export function keepWindowPlace(path: string, place: WindowPlace): void {
  try {
    writeFileSync(`${path}.new`, JSON.stringify(place));
    renameSync(`${path}.new`, path);
  } catch {
    // The next start opens where the last one could be kept.
  }
}

/** What to give a new window: the kept place if its title bar can still be reached, else a size and the middle. */
export function openingPlace(kept: WindowPlace | null, screens: readonly Rectangle[]): Partial<Rectangle> {
  if (kept === null) return firstWindow;
  const width = Math.max(kept.width, smallestWindow.width);
  const height = Math.max(kept.height, smallestWindow.height);
  const isReachable = screens.some(
    (screen) =>
      kept.x + width > screen.x + GRIP &&
      kept.x < screen.x + screen.width - GRIP &&
      kept.y >= screen.y &&
      kept.y < screen.y + screen.height - GRIP,
  );
  return isReachable ? { x: kept.x, y: kept.y, width, height } : { width, height };
}
