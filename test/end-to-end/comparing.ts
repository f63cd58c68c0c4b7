/** The fast path off against on: asked for in the window, shown as a table, kept, and sent to somebody. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { PATIENCE_MS, places } from './moves.ts';
import type { Stage } from './stage.ts';

export function comparing({ step, page, scratch, withFile, startAgain }: Stage): void {
  const row = async (label: string): Promise<string[]> => {
    const header = page().getByRole('rowheader', { name: label, exact: true });
    return page().getByRole('row').filter({ has: header }).locator('td').allInnerTexts();
  };
  const verdictShown = () =>
    page()
      .getByRole('heading', { name: 'Everything counted' })
      .waitFor({ timeout: 2 * PATIENCE_MS });

  step('says what the question is and answers it: two round trips for each fault, and one', async () => {
    await places(page()).getByRole('button', { name: 'Compare' }).click();
    await page()
      .getByRole('button', { name: /Run “faults”/ })
      .click();
    await verdictShown();
    const [off, on] = (await row('round trips per user page fault')).map(Number);
    expect(off).toBeCloseTo(2, 1);
    expect(on).toBeCloseTo(1, 1);
    expect((await row('user page faults')).slice(0, 2)).toEqual(['10,000', '10,000']);
    expect(await row('console output')).toEqual(['identical']);
    await page().getByText('Both sides printed exactly the same.').waitFor();
  });

  step('one that takes too long is cancelled and leaves nothing behind', async () => {
    await page().getByRole('button', { name: 'Again…' }).click();
    await page().getByLabel('Workload', { exact: true }).fill('pattern=touch pages=10000 rounds=100000');
    await page().getByRole('button', { name: 'Compare off with on' }).click();
    await page().getByRole('progressbar').first().waitFor();
    await page().getByRole('button', { name: 'Cancel' }).click();
    await verdictShown();
    expect(await page().getByRole('progressbar').count()).toBe(0);
  });

  step('is sent as one file that fetches nothing', async () => {
    const report = join(scratch(), 'report.html');
    await withFile(report, async () => {
      await page().getByRole('button', { name: 'Export' }).click();
      await page().getByRole('menuitem', { name: /HTML/ }).click();
    });
    await expect.poll(() => readIfThere(report), { timeout: 10_000 }).toContain('</html>');
    const html = readFileSync(report, 'utf8');
    expect(html).toContain('round trips per user page fault');
    expect(html).not.toMatch(/<script|<link|src=["']?http|@import|url\(http/);
  });

  step('is still there the next day', async () => {
    await startAgain();
    await places(page()).getByRole('button', { name: 'Compare' }).click();
    await verdictShown();
    expect((await row('user page faults')).slice(0, 2)).toEqual(['10,000', '10,000']);
  });
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
