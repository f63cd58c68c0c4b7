/** Looking closely: a running guest's crossings are recorded, listed, filtered, and one is opened. */

import { expect } from 'vitest';
import { choose, PATIENCE_MS, pressRun, setCommandLine, tab, waitForState } from './moves.ts';
import type { Stage } from './stage.ts';

const NEEDED = 100;

export function worldSwitches({ step, page }: Stage): void {
  const rows = () => page().getByRole('grid', { name: 'Crossings' });
  const count = async () => Number(await rows().getAttribute('aria-rowcount')) - 1;

  step('records the crossings of a running guest', async () => {
    await choose(page(), 'faults');
    await setCommandLine(page(), 'pattern=touch pages=10000 rounds=100000');
    await pressRun(page(), 'faults', 'Start');
    await waitForState(page(), 'faults', 'Running');
    await tab(page(), 'World switches');
    const record = page().getByRole('button', { name: 'Record crossings' });
    if (await record.isVisible()) await record.click();
    await expect.poll(count, { timeout: PATIENCE_MS }).toBeGreaterThan(NEEDED);
  });

  step('opens one: a fault with its walk through both tables, code and registers', async () => {
    await page().getByRole('button', { name: 'Pause machine' }).click();
    await waitForState(page(), 'faults', 'Paused');
    const detail = page().getByRole('complementary', { name: /Crossing \d+/ });
    const chooseFault = async () => {
      await rows().getByRole('row').filter({ hasText: 'page fault' }).last().click();
      return detail.getByText('Guest’s tables').waitFor({ timeout: 5000 });
    };
    // The list may move once more after the stop: one that was chosen from the old one may be known no more.
    await expect
      .poll(
        () =>
          chooseFault().then(
            () => true,
            () => false,
          ),
        { timeout: PATIENCE_MS },
      )
      .toBe(true);
    await detail.getByText('Shadow tables').waitFor();
    await detail.getByText('Entered here').waitFor();
    await detail.getByText('Left here').waitFor();
    expect(await detail.innerText()).toMatch(/eip/i);
  });

  step('walks on with the keyboard', async () => {
    const detail = page().getByRole('complementary', { name: /Crossing \d+/ });
    const first = await detail.getAttribute('aria-label');
    await rows().focus();
    await page().keyboard.press('ArrowUp');
    await expect.poll(() => detail.getAttribute('aria-label'), { timeout: 10_000 }).not.toBe(first);
    await page().keyboard.press('Escape');
    await detail.waitFor({ state: 'hidden' });
  });

  step('lets the guest go on', async () => {
    await page().getByRole('button', { name: 'Resume machine' }).click();
    await waitForState(page(), 'faults', 'Running');
    await tab(page(), 'Console');
    await pressRun(page(), 'faults', 'Power off');
    await page().getByRole('dialog').getByRole('button', { name: 'Power off' }).click();
    await waitForState(page(), 'faults', 'Off');
  });
}
