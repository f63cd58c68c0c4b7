/**
 * Where the window is built from and to, in the words of electron-vite.  Nothing reads this yet: neither the window nor
 * the tool is here, so it says no more than is already decided, and its entry points come with the window.
 */
export default {
  main: { build: { outDir: 'out/main' } },
  preload: { build: { outDir: 'out/preload' } },
  renderer: { root: 'renderer', build: { outDir: 'out/renderer' } },
};
