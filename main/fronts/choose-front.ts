/**
 * Desktop or browser.  The desktop wants a display and an Electron; whoever lacks one gets the same app in a browser and is
 * told why.  Only whoever insists on the desktop is refused.
 */

import { UsageError } from '../usage-error.ts';
import type { FrontOptions } from './front-options.ts';
import { hasDisplay } from './open-browser.ts';
import type { Surroundings } from './usual-place.ts';

export type Front =
  | { readonly is: 'desktop'; readonly electron: string }
  /** `because`: a clause, why it is not the desktop. */
  | { readonly is: 'web'; readonly because: string };

/** The program, or a clause why there is none. */
export type FoundElectron = { readonly program: string } | { readonly missing: string };

/** `findElectron` is asked only when there is a display. Throws UsageError when --desktop cannot be had. */
export async function chooseFront(
  options: Pick<FrontOptions, 'front'>,
  around: Pick<Surroundings, 'platform' | 'environment'>,
  findElectron: () => Promise<FoundElectron>,
): Promise<Front> {
  if (options.front === 'web') return { is: 'web', because: 'because --web asks for it' };
  const found = hasDisplay(around) ? await findElectron() : { missing: noDisplay };
  if ('program' in found) return { is: 'desktop', electron: found.program };
  if (options.front === 'desktop') throw new UsageError(`the desktop window cannot open: ${found.missing}`);
  return { is: 'web', because: `because ${found.missing}` };
}

const noDisplay = 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)';
