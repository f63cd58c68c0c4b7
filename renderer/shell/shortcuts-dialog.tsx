/** Every shortcut there is, from the one list. */

import { commandList, menus } from '../commands.ts';
import { spell } from '../shortcuts.ts';
import { isMac } from './computer.ts';
import { Dialog } from './dialog.tsx';

const more: readonly { readonly label: string; readonly keys: string }[] = [
  { label: 'Command palette, outside a console', keys: 'Mod+K' },
  { label: 'Walk the library, a menu or the tabs', keys: 'Arrows' },
  { label: 'Rename the machine in the library', keys: 'F2' },
  { label: 'Delete the machine in the library', keys: 'Delete' },
  { label: 'Menu of the machine in the library', keys: 'Shift+F10' },
];

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard shortcuts" size="large" onClose={onClose}>
      <div className="dialog-body shortcuts">
        {menus.map((menu) => (
          <Section
            key={menu}
            title={menu}
            lines={commandList
              .filter((command) => command.menu === menu && command.shortcut !== '')
              .map(({ label, shortcut }) => ({ label: label.replace('…', ''), keys: shortcut }))}
          />
        ))}
        <Section title="Everywhere" lines={more} />
      </div>
    </Dialog>
  );
}

function Section({ title, lines }: { title: string; lines: typeof more }) {
  if (lines.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {lines.map(({ label, keys }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <kbd>{spell(keys, isMac())}</kbd>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
