/** Shortcuts as the one list writes them: matched against what was pressed, and spelled the way this computer does. */

const NAMED_KEYS: Readonly<Record<string, string>> = { Plus: '+' };

export interface PressedKey {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/**
 * Letters go by what they write and, on keyboards that write no Latin ones, by where they lie; digits go by where they
 * lie, because half of Europe needs Shift for them; punctuation goes by what it writes, however it was reached.
 */
export function matches(pressed: PressedKey, shortcut: string, isMac: boolean): boolean {
  if (shortcut === '') return false;
  const parts = shortcut.split('+');
  const name = parts.at(-1)!;
  const wanted = (part: string) => parts.slice(0, -1).includes(part);
  const mod = isMac ? pressed.metaKey && !pressed.ctrlKey : pressed.ctrlKey && !pressed.metaKey;
  const noMod = !pressed.ctrlKey && !pressed.metaKey;
  if (wanted('Mod') ? !mod : !noMod) return false;
  if (wanted('Alt') !== pressed.altKey) return false;
  const key = NAMED_KEYS[name] ?? name;
  if (/^\d$/.test(key)) return pressed.code === `Digit${key}` && !pressed.shiftKey;
  if (/^[A-Z]$/.test(key)) return wanted('Shift') === pressed.shiftKey && writes(pressed, key);
  if (key.length === 1) return pressed.key === key || (key === '+' && pressed.key === '=');
  return wanted('Shift') === pressed.shiftKey && pressed.key === key;
}

function writes(pressed: PressedKey, letter: string): boolean {
  const written = pressed.key.toUpperCase();
  return /^[A-Z]$/.test(written) ? written === letter : pressed.code === `Key${letter}`;
}

const MAC_SIGNS: Readonly<Record<string, string>> = { Mod: '⌘', Shift: '⇧', Alt: '⌥', Enter: '↩' };

export function spell(shortcut: string, isMac: boolean): string {
  const parts = shortcut.split('+').map((part) => NAMED_KEYS[part] ?? part);
  if (isMac) return parts.map((part) => MAC_SIGNS[part] ?? part).join('');
  return parts.map((part) => (part === 'Mod' ? 'Ctrl' : part)).join('+');
}
