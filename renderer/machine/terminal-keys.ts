/**
 * Which keys a focused console keeps from its guest.  As few as possible: an editor in the guest wants nearly all of them.
 * Those on the window's list of commands are passed on to whoever listens above; copy and paste must reach the browser
 * untouched, because only its own paste event brings the clipboard without a permission.
 */

import { commandList } from '../../core/protocol/commands.ts';
import { matches, type PressedKey } from '../shortcuts.ts';

/**
 * 'guest': the terminal translates it.  'browser': neither the terminal nor the window may touch it.  'window': not for
 * the guest, whatever the window makes of it.
 */
export type KeyOwner = 'guest' | 'browser' | 'window';

export function ownerOf(pressed: PressedKey, mac: boolean): KeyOwner {
  const paste = commandList.find(({ name }) => name === 'console.paste');
  if (paste && matches(pressed, paste.shortcut, mac)) return 'browser';
  if (mac && pressed.metaKey && ['c', 'v'].includes(pressed.key)) return 'browser';
  return commandList.some(({ shortcut }) => matches(pressed, shortcut, mac)) ? 'window' : 'guest';
}
