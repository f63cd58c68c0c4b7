/** Serves the window with nobody behind it: `npx vite test/renderer/preview`. For looking at, while drawing it. */

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { projectRoot } from '../../../scripts/tree.ts';

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: `${projectRoot}/node_modules/.vite/preview`,
  plugins: [react()],
  server: { host: '127.0.0.1', fs: { allow: [projectRoot] } },
});
