/** Light, dark, or whatever the system says: written to <html data-theme>, which the style sheets read. */

import { useCallback, useLayoutEffect, useSyncExternalStore } from 'react';
import type { Preferences } from '../../core/protocol/preferences.ts';

const SYSTEM_IS_DARK = '(prefers-color-scheme: dark)';

export function themeFor(preferred: Preferences['theme'], systemIsDark: boolean): 'light' | 'dark' {
  if (preferred !== 'system') return preferred;
  return systemIsDark ? 'dark' : 'light';
}

/** The theme that shows just now, for what is drawn without style sheets (terminals, charts). */
export function useTheme(preferred: Preferences['theme']): 'light' | 'dark' {
  const listen = useCallback((listener: () => void) => {
    const query = window.matchMedia(SYSTEM_IS_DARK);
    query.addEventListener('change', listener);
    return () => query.removeEventListener('change', listener);
  }, []);
  const systemIsDark = useSyncExternalStore(
    listen,
    () => window.matchMedia(SYSTEM_IS_DARK).matches,
    () => false,
  );
  return themeFor(preferred, systemIsDark);
}

export function useThemeOnPage(theme: 'light' | 'dark'): void {
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
}
