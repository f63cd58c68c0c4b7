/** Menus that open: a list to walk with the arrows, chosen with Enter, left with Escape. */

import { type KeyboardEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';

export interface MenuItem {
  readonly label: string;
  readonly shortcut?: string;
  readonly run: (() => void) | null;
  readonly group?: boolean;
  readonly danger?: boolean;
}

interface MenuListProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly onClose: () => void;
  /** Left and right belong to the bar it hangs from, if there is one. */
  readonly onSide?: (step: -1 | 1) => void;
  /** Where the pointer was, for a menu that hangs from nothing. */
  readonly at?: { readonly x: number; readonly y: number };
}

export function MenuList({ label, items, onClose, onSide, at }: MenuListProps) {
  const list = useRef<HTMLDivElement>(null);
  useCloseOutside(list, onClose);
  useLayoutEffect(() => {
    const before = document.activeElement;
    buttonsIn(list.current)[0]?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  useLayoutEffect(() => keepInside(list.current, at), [at]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (walkMenu(event, list.current)) return;
    if (event.key === 'Escape' || event.key === 'Tab') onClose();
    else if (event.key === 'ArrowLeft') onSide?.(-1);
    else if (event.key === 'ArrowRight') onSide?.(1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={list}
      className="menu"
      role="menu"
      tabIndex={-1}
      aria-label={label}
      data-free={at && ''}
      onKeyDown={onKeyDown}
    >
      {items.map((item) => (
        <MenuLine key={item.label} item={item} onClose={onClose} />
      ))}
    </div>
  );
}

function MenuLine({ item, onClose }: { item: MenuItem; onClose: () => void }) {
  const choose = () => {
    onClose();
    item.run?.();
  };
  return (
    <>
      {item.group && <hr className="menu-line" />}
      <button
        type="button"
        role="menuitem"
        tabIndex={-1}
        className={item.danger ? 'menu-item menu-danger' : 'menu-item'}
        aria-disabled={item.run === null}
        onClick={item.run === null ? undefined : choose}
      >
        <span>{item.label}</span>
        {item.shortcut && <kbd>{item.shortcut}</kbd>}
      </button>
    </>
  );
}

function buttonsIn(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
}

function walkMenu(event: KeyboardEvent, list: HTMLElement | null): boolean {
  const buttons = buttonsIn(list);
  const here = buttons.findIndex((one) => one.contains(document.activeElement));
  const next = menuStep(event.key, here, buttons.length);
  const byLetter = event.key.length === 1 && !event.ctrlKey && !event.metaKey;
  const letter = event.key.toLowerCase();
  const found = byLetter
    ? [...buttons.slice(here + 1), ...buttons].find((one) => one.textContent?.toLowerCase().startsWith(letter))
    : buttons[next ?? -1];
  if (!found) return false;
  found.focus();
  event.preventDefault();
  event.stopPropagation();
  return true;
}

/** Where an arrow, Home or End leads in a list that ends where it began; null for other keys. */
export function menuStep(key: string, here: number, count: number): number | null {
  if (count === 0) return null;
  if (key === 'ArrowDown') return (here + 1) % count;
  if (key === 'ArrowUp') return (Math.max(here, 0) - 1 + count) % count;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return null;
}

function useCloseOutside(list: { readonly current: HTMLElement | null }, onClose: () => void): void {
  useEffect(() => {
    const outside = (event: Event) => {
      // A menu that hangs from a button counts the button as its own: pressing that closes it anyway.
      const own = list.current?.dataset.free === undefined ? list.current?.parentElement : list.current;
      if (event.target instanceof Node && !own?.contains(event.target)) onClose();
    };
    window.addEventListener('pointerdown', outside, true);
    window.addEventListener('blur', onClose);
    return () => {
      window.removeEventListener('pointerdown', outside, true);
      window.removeEventListener('blur', onClose);
    };
  }, [list, onClose]);
}

const EDGE = 8;

function keepInside(list: HTMLElement | null, at?: { readonly x: number; readonly y: number }): void {
  if (!list || !at) return;
  const { width, height } = list.getBoundingClientRect();
  list.style.left = `${Math.max(EDGE, Math.min(at.x, window.innerWidth - width - EDGE))}px`;
  list.style.top = `${Math.max(EDGE, Math.min(at.y, window.innerHeight - height - EDGE))}px`;
}

interface MenuButtonProps {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly className?: string;
  readonly children: ReactNode;
}

/** A button that opens a menu under itself. */
export function MenuButton({ label, items, className = 'button-quiet button-square', children }: MenuButtonProps) {
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <div className="menu-anchor">
      <button
        type="button"
        id={id}
        className={className}
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        title={label}
        onClick={() => setOpen(!open)}
      >
        {children}
      </button>
      {open && <MenuList label={label} items={items} onClose={() => setOpen(false)} />}
    </div>
  );
}
