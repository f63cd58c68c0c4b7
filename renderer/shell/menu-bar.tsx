/** The menus in the window, for fronts that have none of their own: one stop of the Tab key, walked with the arrows. */

import { type KeyboardEvent, useRef, useState } from 'react';
import { type CommandName, commandList, menus, useDo, usePossible } from '../commands.ts';
import { spell } from '../shortcuts.ts';
import { isMac } from './computer.ts';
import { type MenuItem, MenuList, menuStep } from './menu.tsx';

type MenuName = (typeof menus)[number];

function itemsOf(menu: MenuName, possible: ReadonlySet<CommandName>, run: (name: CommandName) => void): MenuItem[] {
  const lines = commandList.filter((command) => command.menu === menu);
  return lines.map((command) => ({
    label: command.label,
    shortcut: spell(command.shortcut, isMac()),
    run: possible.has(command.name) ? () => run(command.name) : null,
    ...('group' in command ? { group: true } : {}),
  }));
}

/** Left and right in the bar are up and down in any other list. */
const sideways: Readonly<Record<string, 'ArrowUp' | 'ArrowDown'>> = { ArrowLeft: 'ArrowUp', ArrowRight: 'ArrowDown' };

export function MenuBar() {
  const [open, setOpen] = useState<MenuName | null>(null);
  const [stop, setStop] = useState<MenuName>(menus[0]);
  const bar = useRef<HTMLDivElement>(null);
  const possible = usePossible();
  const run = useDo();
  const aside = (from: MenuName, key: 'ArrowUp' | 'ArrowDown') => {
    const next = menus[menuStep(key, menus.indexOf(from), menus.length) ?? 0]!;
    setStop(next);
    if (open) setOpen(next);
    else bar.current?.querySelector<HTMLElement>(`[data-menu=${next}]`)?.focus();
  };
  const onKeyDown = ({ key }: KeyboardEvent, menu: MenuName) => {
    if (open !== null) return;
    const step = sideways[key];
    if (step) aside(menu, step);
    else if (key === 'ArrowDown') setOpen(menu);
  };
  return (
    <div ref={bar} className="menu-bar" role="menubar" aria-label="Menus">
      {menus.map((menu) => (
        <div key={menu} className="menu-anchor">
          <button
            type="button"
            role="menuitem"
            data-menu={menu}
            className="button-quiet menu-title"
            tabIndex={menu === stop ? 0 : -1}
            aria-haspopup="menu"
            aria-expanded={open === menu}
            onClick={() => setOpen(open === menu ? null : menu)}
            onPointerEnter={() => open && setOpen(menu)}
            onFocus={() => setStop(menu)}
            onKeyDown={(event) => onKeyDown(event, menu)}
          >
            {menu}
          </button>
          {open === menu && (
            <MenuList
              label={menu}
              items={itemsOf(menu, possible, run)}
              onClose={() => setOpen(null)}
              onSide={(step) => aside(menu, step > 0 ? 'ArrowDown' : 'ArrowUp')}
            />
          )}
        </div>
      ))}
    </div>
  );
}
