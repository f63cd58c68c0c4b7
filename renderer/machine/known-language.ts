/**
 * Must be imported before uPlot, which asks for the browser's language the moment it is loaded and takes any answer.  Where
 * the system speaks POSIX, Chromium answers 'en-US@posix', which is no language, and the whole window would fail to load.
 */

try {
  new Intl.NumberFormat(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US', configurable: true });
}
