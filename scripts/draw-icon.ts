/**
 * `npm run icon`: draws renderer/public/icon.svg into the icon.png beside it, which is what packages and window managers
 * want.  The picture is committed, so only whoever changes the drawing needs this, and a Chromium.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { findBrowser } from '../test/end-to-end/find-browser.ts';
import { projectRoot } from './tree.ts';

/** The largest that any system asks for. */
const SIDE = 1024;

const folder = join(projectRoot, 'renderer', 'public');
const found = findBrowser();
if ('missing' in found) throw new Error(found.missing);
const browser = await chromium.launch({
  executablePath: found.program,
  env: { ...process.env, ...found.environment },
  args: ['--no-sandbox', '--disable-gpu'],
});
const page = await browser.newPage({ viewport: { width: SIDE, height: SIDE } });
const drawing = readFileSync(join(folder, 'icon.svg'), 'utf8');
await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${drawing}`);
writeFileSync(join(folder, 'icon.png'), await page.screenshot({ omitBackground: true }));
await browser.close();
