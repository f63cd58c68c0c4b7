/** What a person does in their first hour: run a sample, watch it, flip the switch, see one fail, and come back tomorrow. */

import { describe, expect } from 'vitest';
import {
  choose,
  consoleText,
  machineNames,
  places,
  pressRun,
  setCommandLine,
  stateInList,
  tab,
  total,
  waitForConsole,
  waitForState,
  waitForTotal,
} from './moves.ts';
import type { Stage } from './stage.ts';

export function firstHour({ step, page, startAgain }: Stage): void {
  describe('the first start', () => {
    step('offers the sample guests, ready to run', async () => {
      expect(await machineNames(page())).toEqual(['faults', 'hello', 'puppy', 'trouble']);
    });

    step('runs hello, which greets and powers itself off', async () => {
      await choose(page(), 'hello');
      await pressRun(page(), 'hello', 'Start');
      await waitForConsole(page(), 'Hello from ring 1.');
      await waitForState(page(), 'hello', 'Powered off');
    });
  });

  describe('a guest that faults', () => {
    step('moves the counters while it runs', async () => {
      await choose(page(), 'faults');
      await setCommandLine(page(), 'pattern=touch pages=10000 rounds=200 verify=1');
      await pressRun(page(), 'faults', 'Start');
      await waitForState(page(), 'faults', 'Running');
      const early = await waitForTotal(page(), 'userPageFaults', (faults) => faults > 0);
      await waitForTotal(page(), 'userPageFaults', (faults) => faults > early);
      expect(await total(page(), 'reflectedByHost')).toBeGreaterThan(0);
      expect(await total(page(), 'reflectedBySwitcher')).toBe(0);
    });

    step('has its faults handed back by the Switcher as soon as the fast path is switched on', async () => {
      await page().getByRole('switch', { name: 'Fast path' }).click();
      await waitForTotal(page(), 'reflectedBySwitcher', (faults) => faults > 1000);
      await expect.poll(() => page().getByRole('switch', { name: 'Fast path' }).isChecked()).toBe(true);
      const byHost = await total(page(), 'reflectedByHost');
      const bySwitcher = await total(page(), 'reflectedBySwitcher');
      await waitForTotal(page(), 'reflectedBySwitcher', (faults) => faults > bySwitcher + 1000);
      // Now and then one still goes to the host; what matters is where the stream of them goes.
      expect((await total(page(), 'reflectedByHost')) - byHost).toBeLessThan(200);
    });

    step('goes on being right, whoever hands its faults back', async () => {
      await waitForState(page(), 'faults', 'Powered off');
      expect(await consoleText(page())).toMatch(/pages=10000 faults=2000000 checksum=[0-9a-f]{8} ok/);
    });
  });

  describe('two machines at once', () => {
    step('run side by side, and the one that misbehaves is killed alone', async () => {
      await choose(page(), 'faults');
      await setCommandLine(page(), 'pattern=touch pages=10000 rounds=100000');
      await pressRun(page(), 'faults', 'Start again');
      await waitForState(page(), 'faults', 'Running');
      await choose(page(), 'trouble');
      await pressRun(page(), 'trouble', 'Start');
      await waitForState(page(), 'trouble', 'Killed');
      await waitForConsole(page(), 'trouble: mode=pte-switcher');
      await page().getByText('the guest tried to map 0xffc00000, where the Switcher lives').first().waitFor();
      expect(await stateInList(page(), 'faults')).toMatch('Running');
      await choose(page(), 'faults');
      const before = await waitForTotal(page(), 'userPageFaults', (faults) => faults > 0);
      await waitForTotal(page(), 'userPageFaults', (faults) => faults > before);
    });

    step('pause and resume at once', async () => {
      await pressRun(page(), 'faults', 'Pause');
      await waitForState(page(), 'faults', 'Paused');
      await pressRun(page(), 'faults', 'Resume');
      await waitForState(page(), 'faults', 'Running');
      const before = await total(page(), 'userPageFaults');
      await waitForTotal(page(), 'userPageFaults', (faults) => faults > before);
    });

    step('are powered off only after a question', async () => {
      await pressRun(page(), 'faults', 'Power off');
      const question = page().getByRole('dialog', { name: /Power off/ });
      await question.getByRole('button', { name: 'Cancel' }).click();
      expect(await stateInList(page(), 'faults')).toMatch('Running');
      await pressRun(page(), 'faults', 'Power off');
      await question.getByRole('button', { name: 'Power off' }).click();
      await waitForState(page(), 'faults', 'Off');
    });
  });

  describe('the next day', () => {
    step('everything is where it was left', async () => {
      await startAgain();
      expect(await machineNames(page())).toEqual(['faults', 'hello', 'puppy', 'trouble']);
      await choose(page(), 'hello');
      await waitForConsole(page(), 'Hello from ring 1.');
      await places(page()).getByRole('button', { name: 'Log' }).click();
      await page().getByText('where the Switcher lives').first().waitFor();
      await choose(page(), 'faults');
      await tab(page(), 'Settings');
      expect(await page().getByLabel('Command line').inputValue()).toBe('pattern=touch pages=10000 rounds=100000');
    });
  });
}
