/** The library: making machines, changing them, sending them elsewhere, and letting go of them. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { choose, machineNames, pressRun, tab, waitForConsole, waitForState } from './moves.ts';
import type { Stage } from './stage.ts';

export function library({ step, page, scratch, withFile, startAgain }: Stage): void {
  const names = () => expect.poll(() => machineNames(page()), { timeout: 10_000 });
  const more = async (machine: string, item: string) => {
    await page()
      .getByRole('main')
      .getByRole('button', { name: `More for ${machine}` })
      .click();
    await page().getByRole('menuitem', { name: item }).click();
  };
  const exported = () => join(scratch(), 'greeter.astride');

  step('the wizard shows what is known of a sample, asks for the rest and makes a machine', async () => {
    await page().getByRole('button', { name: 'New machine' }).last().click();
    const wizard = page().getByRole('dialog', { name: 'New machine' });
    await wizard.getByRole('radio', { name: /^hello/ }).check();
    await wizard
      .getByText(/LGUEST_INIT|lguest/i)
      .first()
      .waitFor();
    await wizard.getByRole('button', { name: 'Next' }).click();
    await wizard.getByLabel('Name').fill('greeter');
    await wizard.getByLabel('Notes').fill('made by the wizard');
    await wizard.getByRole('button', { name: 'Next' }).click();
    await wizard.getByText('greeter').first().waitFor();
    await wizard.getByRole('button', { name: 'Create and start' }).click();
    await names().toContain('greeter');
    await waitForConsole(page(), 'Hello from ring 1.');
    await waitForState(page(), 'greeter', 'Powered off');
  });

  step('a machine with a name that is none is refused by the form, and nothing is made', async () => {
    await page().getByRole('button', { name: 'New machine' }).first().click();
    const wizard = page().getByRole('dialog', { name: 'New machine' });
    await wizard.getByRole('radio', { name: /kernel of my own/ }).check();
    await wizard.getByLabel('Path of the kernel').fill(join(scratch(), 'nothing-there'));
    await wizard
      .getByText(/no such file|does not exist|cannot be read|not found/i)
      .first()
      .waitFor();
    await page().keyboard.press('Escape');
    await wizard.waitFor({ state: 'hidden' });
    expect(await machineNames(page())).toEqual(['faults', 'greeter', 'hello', 'puppy', 'trouble']);
  });

  step('what is changed is kept', async () => {
    await choose(page(), 'greeter');
    await tab(page(), 'Settings');
    await page().getByLabel('Memory').fill('32');
    await page().getByRole('button', { name: 'Save', exact: true }).click();
    await page().getByText('Everything is saved.').waitFor();
    await more('greeter', 'Rename…');
    await page().getByRole('dialog').getByLabel('Name').fill('welcomer');
    await page().getByRole('button', { name: 'Rename', exact: true }).click();
    await names().toContain('welcomer');
    await startAgain();
    await choose(page(), 'welcomer');
    await tab(page(), 'Settings');
    expect(await page().getByLabel('Memory').inputValue()).toBe('32');
    expect(await page().getByLabel('Notes').inputValue()).toBe('made by the wizard');
  });

  step('a memory no guest can have is refused before it is sent', async () => {
    await page().getByLabel('Memory').fill('3');
    expect(await page().getByRole('button', { name: 'Save', exact: true }).isDisabled()).toBe(true);
    await page().getByRole('button', { name: 'Revert' }).click();
    expect(await page().getByLabel('Memory').inputValue()).toBe('32');
  });

  step('searching leaves what matches', async () => {
    await page().getByLabel('Search machines').fill('welc');
    await names().toEqual(['welcomer']);
    await page().getByLabel('Search machines').fill('');
    await names().toEqual(['faults', 'hello', 'puppy', 'trouble', 'welcomer']);
  });

  step('a machine goes into one file and comes back from it', async () => {
    await withFile(exported(), () => more('welcomer', 'Export…'));
    await expect.poll(() => existsSync(exported()), { timeout: 10_000 }).toBe(true);
    await page().getByRole('button', { name: 'All machines' }).click();
    await withFile(exported(), () => page().getByRole('button', { name: 'Import…' }).click());
    await expect.poll(async () => (await machineNames(page())).length, { timeout: 10_000 }).toBe(6);
    const back = (await machineNames(page())).find((name) => name.startsWith('welcomer') && name !== 'welcomer');
    await choose(page(), back ?? 'welcomer');
    await tab(page(), 'Settings');
    expect(await page().getByLabel('Memory').inputValue()).toBe('32');
    await tab(page(), 'Console');
    await pressRun(page(), back ?? 'welcomer', /^Start/);
    await waitForConsole(page(), 'Hello from ring 1.');
  });

  step('a file that is no machine is refused with a sentence', async () => {
    await page().getByRole('button', { name: 'All machines' }).click();
    const before = await machineNames(page());
    await withFile(process.execPath, () => page().getByRole('button', { name: 'Import…' }).click());
    await page()
      .getByRole('region', { name: 'Messages' })
      .getByText(/no machine exported/)
      .waitFor();
    await page().getByRole('button', { name: 'Dismiss' }).last().click();
    expect(await machineNames(page())).toEqual(before);
  });

  step('deleting asks first, and then deletes', async () => {
    await choose(page(), 'welcomer');
    await more('welcomer', 'Delete…');
    const question = page().getByRole('dialog', { name: /Delete/ });
    await question.getByText('It cannot be undone.').waitFor();
    await page().keyboard.press('Enter');
    await question.waitFor({ state: 'hidden' });
    expect(await machineNames(page())).toContain('welcomer');
    await more('welcomer', 'Delete…');
    await question.getByRole('button', { name: 'Delete' }).click();
    await names().not.toContain('welcomer');
    await startAgain();
    expect(await machineNames(page())).not.toContain('welcomer');
  });
}
