/** What a person does with the window and what they see of it, in the words of the screen. */

import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** Long enough for a guest on a computer with other things to do; nothing here is about speed. */
export const PATIENCE_MS = 90_000;
const patience = { timeout: PATIENCE_MS, interval: 100 };

export const places = (page: Page): Locator => page.getByRole('navigation', { name: 'Places' });

const lineOf = (page: Page, machine: string): Locator =>
  page.locator('.line', { has: page.locator('.line-name').getByText(machine, { exact: true }) });

export async function machineNames(page: Page): Promise<string[]> {
  return (await page.locator('.line-name').allTextContents()).sort();
}

export async function choose(page: Page, machine: string): Promise<void> {
  await lineOf(page, machine).locator('.line-link').click();
  await page.getByRole('heading', { level: 1, name: machine, exact: true }).waitFor();
}

export const tab = (page: Page, name: 'Console' | 'World switches' | 'Settings') =>
  page.getByRole('tab', { name, exact: true }).click();

/** Presses one of the buttons that run the chosen machine. */
export const pressRun = (page: Page, machine: string, button: string | RegExp) =>
  page
    .getByRole('group', { name: `Run ${machine}` })
    .getByRole('button', { name: button })
    .click();

export const stateInList = (page: Page, machine: string): Promise<string> =>
  lineOf(page, machine).locator('.line-words').innerText();

export async function waitForState(
  page: Page,
  machine: string,
  word: string | RegExp,
  limitMs = PATIENCE_MS,
): Promise<void> {
  await expect.poll(() => stateInList(page, machine), { ...patience, timeout: limitMs }).toMatch(word);
}

/** Everything on the console of the chosen machine, scrollback included. */
export const consoleText = (page: Page): Promise<string> =>
  page.evaluate<string>("document.querySelector('[data-machine-console]')?.terminal.text() ?? ''");

export async function waitForConsole(page: Page, words: string | RegExp): Promise<void> {
  await expect.poll(() => consoleText(page), patience).toMatch(words);
}

/** A total of the chosen machine's table of counters. */
export async function total(page: Page, counter: string): Promise<number> {
  const text = await page.locator(`tr[data-counter="${counter}"] td`).first().innerText();
  return Number(text.replaceAll(/\D/g, ''));
}

export async function waitForTotal(page: Page, counter: string, isEnough: (value: number) => boolean): Promise<number> {
  let value = 0;
  await expect
    .poll(async () => {
      value = await total(page, counter);
      return isEnough(value);
    }, patience)
    .toBe(true);
  return value;
}

/** Changes the chosen machine's command line and saves. */
export async function setCommandLine(page: Page, words: string): Promise<void> {
  await tab(page, 'Settings');
  await page.getByLabel('Command line').fill(words);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('Everything is saved.').waitFor();
  await tab(page, 'Console');
}

interface OwnMachine {
  readonly name: string;
  readonly kernel: string;
  readonly initrd?: string;
  readonly commandLine?: string;
}

/** Makes a machine for a kernel that is no sample, by the wizard, and looks at its console. */
export async function createOwnMachine(page: Page, { name, kernel, initrd, commandLine }: OwnMachine): Promise<void> {
  await page.getByRole('button', { name: 'New machine' }).first().click();
  const wizard = page.getByRole('dialog', { name: 'New machine' });
  await wizard.getByRole('radio', { name: /kernel of my own/ }).check();
  await wizard.getByLabel('Path of the kernel').fill(kernel);
  await wizard.getByRole('button', { name: 'Next' }).click();
  await wizard.getByLabel('Name').fill(name);
  if (initrd !== undefined) await wizard.getByLabel('Initial RAM disk').fill(initrd);
  if (commandLine !== undefined) await wizard.getByLabel('Command line').fill(commandLine);
  await wizard.getByRole('button', { name: 'Next' }).click();
  await wizard.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  await page.locator('[data-machine-console]').waitFor();
}
