/** Consoles with much to show and something to hear: a flood that must arrive whole, and Linux, which is typed to. */

import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { available } from '../extras.ts';
import { shelf } from '../linux/kernel-shelf.ts';
import { floodGuest, floodText } from './flood-guest.ts';
import { choose, consoleText, createOwnMachine, PATIENCE_MS, pressRun, waitForConsole, waitForState } from './moves.ts';
import type { Stage } from './stage.ts';

/** Something over 20 MB. */
const BLOCKS = 5200;
const FLOOD_LIMIT_MS = 2 * PATIENCE_MS;

export function consoles(stage: Stage): void {
  const { step, page, scratch } = stage;
  const flood = floodText(BLOCKS);

  step('a flood of 20 MB arrives whole and in order, looked at or not', async () => {
    const kernel = join(scratch(), 'flood.elf');
    writeFileSync(kernel, floodGuest(BLOCKS));
    await createOwnMachine(page(), { name: 'flood', kernel });
    await page().evaluate(listenToConsole);
    await pressRun(page(), 'flood', 'Start');
    await expect.poll(() => heardBytes(stage), { timeout: PATIENCE_MS }).toBeGreaterThan(0);
    await page().getByRole('button', { name: 'All machines' }).click();
    await waitForState(page(), 'flood', 'Powered off', FLOOD_LIMIT_MS);
    await expect.poll(() => heardBytes(stage), { timeout: FLOOD_LIMIT_MS }).toBe(flood.length);
    const heard = await page().evaluate<string>('window.heard.hash()');
    expect(heard).toBe(createHash('sha256').update(flood).digest('hex'));
  });

  step('its end is on the screen, and as much before it as is kept', async () => {
    await choose(page(), 'flood');
    const shown = (await consoleText(page())).split('\n');
    const printed = flood.toString().trimEnd().split('\n');
    expect(shown.length).toBeGreaterThan(1000);
    expect(shown.slice(-1000)).toEqual(printed.slice(-1000));
  });

  linux(stage);
}

/** Keeps a copy of every byte that is written to the terminal. */
const listenToConsole = `(() => {
  const { terminal } = document.querySelector('[data-machine-console]').terminal;
  const write = terminal.write.bind(terminal);
  const chunks = [];
  terminal.write = (data, done) => {
    if (data instanceof Uint8Array) chunks.push(data.slice());
    write(data, done);
  };
  window.heard = {
    bytes: () => chunks.reduce((sum, { length }) => sum + length, 0),
    hash: async () => {
      const digest = await crypto.subtle.digest('SHA-256', await new Blob(chunks).arrayBuffer());
      return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    },
  };
})()`;

const heardBytes = ({ page }: Stage) => page().evaluate<number>('window.heard.bytes()');

const BOOT_LIMIT_MS = 400_000;
/** At the start of a line: a kernel's own lines, which begin with a bracket, may follow on the same one. */
const PROMPT = /^[^[\n]*[#$](?: |$)/m;

function linux({ page }: Stage): void {
  const here = available('kernels');
  const kernel = shelf(process.env.ASTRIDE_KERNELS).findLast(({ initrd, twin }) => initrd !== null && !twin);

  test.skipIf(!here || !kernel)(
    'Linux reaches its shell and takes typing',
    async () => {
      if (!kernel?.initrd) throw new Error('the shelf has no kernel with an initial RAM disk');
      const { path, initrd } = kernel;
      await createOwnMachine(page(), { name: 'linux', kernel: path, initrd, commandLine: 'console=hvc0' });
      await pressRun(page(), 'linux', 'Start');
      const screen = page().locator('[data-machine-console]');
      await waitForConsole(page(), 'Linux version');
      await expect.poll(() => consoleText(page()), { timeout: BOOT_LIMIT_MS, interval: 500 }).toMatch(PROMPT);
      await screen.click();
      await page().keyboard.type('echo $((6 * 7)) is the answer; uname -s\n');
      await waitForConsole(page(), /^42 is the answer$/m);
      await waitForConsole(page(), /^Linux$/m);
      await page().keyboard.type('poweroff -f\n');
      await waitForState(page(), 'linux', 'Powered off');
    },
    2 * BOOT_LIMIT_MS,
  );
}
