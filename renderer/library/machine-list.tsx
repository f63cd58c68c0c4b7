/**
 * The library at the left: search, order, one line a machine.  The list is one stop of the Tab key; arrows walk it, Enter
 * goes there, F2 renames, Delete deletes, and the menu key opens the machine's menu.
 */

import { type KeyboardEvent, type MouseEvent, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { MachineView } from '../../core/protocol/machines.ts';
import { useDo } from '../commands.ts';
import { Icon } from '../shell/icons.tsx';
import { MenuList, menuStep } from '../shell/menu.tsx';
import { useGo, usePlace } from '../shell/use-place.ts';
import { useMachines, useMachinesKnown } from '../store.ts';
import { arrange, type SortBy, sortings } from './arrange.ts';
import { machineMenu } from './machine-menu.ts';
import { Miniature } from './miniature.tsx';
import { QuickButton } from './run-buttons.tsx';
import { StateBadge } from './state-badge.tsx';
import { nameOf } from './state-words.ts';
import { useMachineActions } from './use-machine-actions.ts';

export function MachineList() {
  const machines = useMachines();
  const known = useMachinesKnown();
  const [search, setSearch] = useState('');
  const [by, setBy] = useState<SortBy>('name');
  const shown = arrange(machines, search, by);
  return (
    <section className="library" aria-label="Library of machines" aria-busy={!known}>
      <Tools search={search} setSearch={setSearch} by={by} setBy={setBy} />
      {shown.length > 0 && <Lines machines={shown} />}
      {known && shown.length === 0 && (
        <p className="empty-line">{machines.length === 0 ? 'No machines yet.' : `No machine matches “${search}”.`}</p>
      )}
    </section>
  );
}

interface ToolsProps {
  readonly search: string;
  readonly setSearch: (search: string) => void;
  readonly by: SortBy;
  readonly setBy: (by: SortBy) => void;
}

function Tools({ search, setSearch, by, setBy }: ToolsProps) {
  const run = useDo();
  const chosen = (value: string) => sortings.find((one) => one.by === value)?.by ?? 'name';
  return (
    <div className="library-tools">
      <div className="search">
        <Icon name="search" />
        <input
          type="search"
          className="input"
          placeholder="Search"
          aria-label="Search machines"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <select
        className="input select library-sort"
        aria-label="Sort machines by"
        title="Sort by"
        value={by}
        onChange={(event) => setBy(chosen(event.target.value))}
      >
        {sortings.map((one) => (
          <option key={one.by} value={one.by}>
            {one.label}
          </option>
        ))}
      </select>
      <button
        type="button"
        className="button button-square"
        aria-label="New machine"
        title="New machine…"
        onClick={() => run('machine.new')}
      >
        <Icon name="plus" />
      </button>
    </div>
  );
}

function Lines({ machines }: { machines: readonly MachineView[] }) {
  const place = usePlace();
  const list = useRef<HTMLUListElement>(null);
  const current = place.view === 'machine' ? place.id : '';
  const [stop, setStop] = useState('');
  const tabStop = [stop, current].find((id) => machines.some((one) => one.id === id)) ?? machines[0]?.id;
  useEffect(() => setStop(current), [current]);
  useFocusAcrossMoves(list, machines.map(({ id }) => id).join(' '));
  const onKeyDown = (event: KeyboardEvent) => {
    const links = [...(list.current?.querySelectorAll<HTMLElement>('.line-link') ?? [])];
    const here = links.findIndex((link) => link.contains(document.activeElement));
    const next = here < 0 ? null : menuStep(event.key, here, links.length);
    if (next === null) return;
    event.preventDefault();
    links[next]?.focus();
  };
  return (
    <ul ref={list} className="lines" aria-label="Machines" onKeyDown={onKeyDown}>
      {machines.map((machine) => (
        <Line
          key={machine.id}
          machine={machine}
          current={machine.id === current}
          tabStop={machine.id === tabStop}
          onStop={setStop}
        />
      ))}
    </ul>
  );
}

/** A line that changes its place in the page loses the focus on the way, because it is taken out and put in again. */
function useFocusAcrossMoves(list: { readonly current: HTMLElement | null }, order: string): void {
  const last = useRef<HTMLElement | null>(null);
  useEffect(() => {
    const onFocus = ({ target }: FocusEvent) => {
      last.current = target instanceof HTMLElement && list.current?.contains(target) ? target : null;
    };
    document.addEventListener('focusin', onFocus);
    return () => document.removeEventListener('focusin', onFocus);
  }, [list]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is a new order that moves lines
  useLayoutEffect(() => {
    if (document.activeElement === document.body && last.current?.isConnected) last.current.focus();
  }, [order]);
}

interface LineProps {
  readonly machine: MachineView;
  readonly current: boolean;
  readonly tabStop: boolean;
  readonly onStop: (id: string) => void;
}

function Line({ machine, current, tabStop, onStop }: LineProps) {
  const go = useGo();
  const actions = useMachineActions(machine);
  const [menuAt, setMenuAt] = useState<{ x: number; y: number } | null>(null);
  const openMenu = (event: MouseEvent<HTMLElement>) => {
    event.preventDefault();
    const { left, bottom } = event.currentTarget.getBoundingClientRect();
    // The menu key has no pointer: its event lies at 0,0 or in the middle of the element, depending on the browser.
    setMenuAt(event.button === 2 ? { x: event.clientX, y: event.clientY } : { x: left, y: bottom });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'F2') actions.rename?.();
    else if (event.key === 'Delete') actions.remove?.();
    else return;
    event.preventDefault();
  };
  return (
    <li className="line" data-current={current || undefined}>
      <button
        type="button"
        className="line-link"
        aria-current={current ? 'page' : undefined}
        tabIndex={tabStop ? 0 : -1}
        onFocus={() => onStop(machine.id)}
        onClick={() => go({ view: 'machine', id: machine.id, tab: 'console' })}
        onContextMenu={openMenu}
        onKeyDown={onKeyDown}
      >
        <Miniature machine={machine} shows="end" />
        <span className="line-words">
          <span className="line-name">{nameOf(machine)}</span>
          <StateBadge machine={machine} />
        </span>
      </button>
      <QuickButton machine={machine} actions={actions} />
      {menuAt && (
        <MenuList label={nameOf(machine)} items={machineMenu(actions)} at={menuAt} onClose={() => setMenuAt(null)} />
      )}
    </li>
  );
}
