/** The top edge: the mark, the menus where the system shows none, and the way to the palette. */

import { useDo } from '../commands.ts';
import { useAbout } from '../store.ts';
import { Icon, Mark } from './icons.tsx';
import { MenuBar } from './menu-bar.tsx';

export function TopBar() {
  const about = useAbout();
  const run = useDo();
  return (
    <header className="top-bar">
      <button type="button" className="skip" onClick={() => document.getElementById('work')?.focus()}>
        Skip to the work area
      </button>
      <span className="brand">
        <Mark />
        Astride
      </span>
      {about?.front === 'browser' && <MenuBar />}
      <button type="button" className="palette-button" onClick={() => run('view.palette')}>
        <Icon name="search" />
        <span>Commands and machines</span>
        <kbd>F1</kbd>
      </button>
    </header>
  );
}
