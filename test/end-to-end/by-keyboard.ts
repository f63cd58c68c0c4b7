/** The main path without a mouse, and what a screen reader finds on the way. */

import { expect } from 'vitest';
import { machineNames, pressRun, waitForConsole, waitForState } from './moves.ts';
import type { Stage } from './stage.ts';

/** More presses of Tab than any part of the window should need. */
const FAR = 40;

export function byKeyboard({ step, page }: Stage): void {
  const press = (...keys: string[]) => keys.reduce((done, key) => done.then(() => page().keyboard.press(key)), done());
  const done = () => Promise.resolve();
  const findInPalette = async (name: string) => {
    await press('F1');
    await page().getByRole('dialog', { name: 'Command palette' }).waitFor();
    await page().keyboard.type(name);
    await page().getByRole('option', { name, selected: true }).waitFor();
  };
  const headed = (name: string) => page().getByRole('heading', { level: 1, name }).waitFor({ timeout: 10_000 });
  const focused = (): Promise<string> =>
    page().evaluate<string>(
      "document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? ''",
    );
  const tabTo = async (selector: string) => {
    for (let presses = 0; presses < FAR; presses++) {
      if (await page().evaluate<boolean>(`document.activeElement?.matches(${JSON.stringify(selector)}) ?? false`))
        return;
      await press('Tab');
    }
    throw new Error(`Tab does not lead to ${selector}; the last stop was "${await focused()}"`);
  };

  step('the palette leads to a machine', async () => {
    await findInPalette('hello');
    await press('Enter');
    await headed('hello');
  });

  step('a shortcut starts it', async () => {
    await press('Control+Shift+Enter');
    await waitForConsole(page(), 'Hello from ring 1.');
    await waitForState(page(), 'hello', 'Powered off');
  });

  step('shortcuts lead to every view', async () => {
    await press('Control+2');
    await page().getByRole('tab', { name: 'World switches', selected: true }).waitFor();
    await press('Control+3');
    await page().getByRole('tab', { name: 'Settings', selected: true }).waitFor();
    await press('Control+4');
    await headed('Is the fast path worth its lines?');
    await press('Control+5');
    await headed('Log');
    await press('Control+,');
    await headed('Preferences');
    await press('Control+Shift+L');
    await headed('Machines');
  });

  step('Tab reaches the list, arrows walk it, Enter opens, F2 renames', async () => {
    await tabTo('.line-link');
    await press('Home', 'ArrowDown', 'Enter');
    await headed('hello');
    await tabTo('.line-link');
    await press('F2');
    await page().getByRole('dialog', { name: 'Rename the machine' }).waitFor();
    await page().keyboard.type('greeter');
    await press('Enter');
    await expect.poll(() => machineNames(page()), { timeout: 10_000 }).toContain('greeter');
  });

  step('deleting starts at "Cancel", and Escape means no', async () => {
    await tabTo('.line-link');
    await press('Delete');
    await page()
      .getByRole('dialog', { name: /Delete/ })
      .waitFor();
    expect(await focused()).toBe('Cancel');
    await press('Escape');
    await page().getByRole('dialog').waitFor({ state: 'hidden' });
    expect(await machineNames(page())).toContain('greeter');
  });

  step('the console gives the focus back when asked to', async () => {
    await page().goto(page().url().replace(/#.*/, '#'));
    await headed('Machines');
    await findInPalette('faults');
    await press('Enter');
    await headed('faults');
    await pressRun(page(), 'faults', /^Start/);
    await waitForState(page(), 'faults', 'Running');
    await tabTo('.xterm-helper-textarea');
    await press('Tab', 'Tab');
    expect(await page().evaluate<boolean>("document.activeElement.matches('.xterm-helper-textarea')")).toBe(true);
    await press('Control+F6');
    expect(await page().evaluate<boolean>("document.activeElement.matches('.xterm-helper-textarea')")).toBe(false);
  });

  step('wherever the focus is, it can be seen', async () => {
    for (let presses = 0; presses < FAR; presses++) {
      await press('Tab');
      expect(await page().evaluate<string>(unseenFocus)).toBe('');
    }
  });

  step('every control on every view has a name', async () => {
    for (const keys of [
      'Control+1',
      'Control+2',
      'Control+3',
      'Control+4',
      'Control+5',
      'Control+,',
      'Control+Shift+L',
    ]) {
      await press(keys);
      expect(await page().evaluate<string[]>(namelessControls), keys).toEqual([]);
    }
  });
}

/** What has the focus and nothing to show for it; the terminal shows it by its cursor. */
const unseenFocus = `(() => {
  const element = document.activeElement;
  if (!element || element === document.body || element.matches('.xterm-helper-textarea')) return '';
  const seen = (one) => {
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
    return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
  };
  return seen(element) || (element.parentElement && seen(element.parentElement)) ? '' : element.outerHTML.slice(0, 200);
})()`;

/** Controls a screen reader could only call "button", and names given twice. */
const namelessControls = `(() => {
  const name = (one) =>
    one.getAttribute('aria-label') || one.getAttribute('title') || one.textContent.trim() || one.placeholder ||
    (one.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join('') ||
    [...(one.labels ?? [])].map((label) => label.textContent.trim()).join('');
  const controls = [...document.querySelectorAll('button, input, select, textarea, [role=switch], [role=tab], [role=grid]')];
  const nameless = controls.filter((one) => one.checkVisibility() && !name(one)).map((one) => one.outerHTML.slice(0, 120));
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  return [...nameless, ...ids.filter((id, index) => ids.indexOf(id) !== index)];
})()`;
