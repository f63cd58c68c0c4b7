import type { MenuItemConstructorOptions } from 'electron';
import { expect, test } from 'vitest';
import { commandList, menus } from '../../../core/protocol/commands.ts';
import { menuTemplate } from '../../../main/fronts/desktop-menu.ts';

/** Items of all menus, in order. */
const itemsOf = (menu: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  menu.flatMap(({ submenu }) => (Array.isArray(submenu) ? submenu : []));

test('every command of the list is in the menu of its name, once', () => {
  const template = menuTemplate('linux', () => {});
  expect(template.map(({ label }) => label)).toEqual(menus);
  const labels = itemsOf(template).map(({ label }) => label);
  for (const { label } of commandList) expect(labels.filter((one) => one === label)).toHaveLength(1);
});

test('choosing an item tells its name', () => {
  const chosen: string[] = [];
  for (const item of itemsOf(menuTemplate('linux', (name) => chosen.push(name)))) {
    // Electron hands over the item, the window and the keys held; ours looks at none of them.
    (item.click as (() => void) | undefined)?.();
  }
  expect(chosen).toEqual(commandList.map(({ name }) => name));
});

test('keys are shown and left to the window: a guest must get its Ctrl-C', () => {
  const withKeys = itemsOf(menuTemplate('linux', () => {})).filter(({ accelerator }) => accelerator !== undefined);
  expect(withKeys.length).toBe(commandList.filter(({ shortcut }) => shortcut !== '').length);
  for (const item of withKeys) {
    expect(item.registerAccelerator).toBe(false);
    expect(item.accelerator).not.toContain('Mod');
  }
});

test('a Mac has the menus that a Mac has, and no Quit in ours', () => {
  const template = menuTemplate('darwin', () => {});
  expect(template.map(({ role, label }) => role ?? label)).toEqual(['appMenu', 'editMenu', ...menus, 'windowMenu']);
  const roles = (platform: NodeJS.Platform) => itemsOf(menuTemplate(platform, () => {})).map(({ role }) => role);
  expect(roles('darwin')).not.toContain('quit');
  expect(roles('win32')).toContain('quit');
});
