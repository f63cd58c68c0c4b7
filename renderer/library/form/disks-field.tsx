/** Disks: a file each, and what becomes of what the guest writes. */

import type { MachineSettings } from '../../../core/protocol/machines.ts';
import { Icon } from '../../shell/icons.tsx';
import { FieldGroup } from './field.tsx';
import { PathInput } from './path-input.tsx';
import type { SettingsProps } from './setting-fields.tsx';

type Disk = MachineSettings['disks'][number];

const accesses: readonly { readonly access: Disk['access']; readonly label: string }[] = [
  { access: 'overlay', label: 'Keep changes beside it' },
  { access: 'write', label: 'Write to it' },
  { access: 'read only', label: 'Read only' },
];

/** What the guest calls its disks: vda, vdb, … */
const guestName = (number: number) => `vd${String.fromCharCode('a'.charCodeAt(0) + number)}`;

export function DisksField({ settings, change, objections, waiting }: SettingsProps) {
  const { disks } = settings;
  const set = (number: number, part: Partial<Disk>) =>
    change({ disks: disks.map((disk, one) => (one === number ? { ...disk, ...part } : disk)) });
  return (
    <FieldGroup label="Disks" objection={objections.disks} waits={waiting.has('disks')}>
      {disks.map((disk, number) => (
        <DiskLine
          // Disks have no names of their own; their place is what the guest knows them by.
          key={guestName(number)}
          disk={disk}
          name={guestName(number)}
          set={(part) => set(number, part)}
          remove={() => change({ disks: disks.filter((_, one) => one !== number) })}
        />
      ))}
      <button
        type="button"
        className="button button-add"
        onClick={() => change({ disks: [...disks, { path: '', access: 'overlay' }] })}
      >
        <Icon name="plus" />
        Add a disk
      </button>
    </FieldGroup>
  );
}

interface DiskLineProps {
  readonly disk: Disk;
  readonly name: string;
  readonly set: (part: Partial<Disk>) => void;
  readonly remove: () => void;
}

function DiskLine({ disk, name, set, remove }: DiskLineProps) {
  const chosen = (value: string) => accesses.find(({ access }) => access === value)?.access ?? 'overlay';
  return (
    <div className="form-line">
      <code className="form-line-name">{name}</code>
      <PathInput path={disk.path} label={`Image of ${name}`} purpose="disk" onPath={(path) => set({ path })} />
      <select
        className="input select"
        aria-label={`What becomes of writes to ${name}`}
        value={disk.access}
        onChange={(event) => set({ access: chosen(event.target.value) })}
      >
        {accesses.map(({ access, label }) => (
          <option key={access} value={access}>
            {label}
          </option>
        ))}
      </select>
      <button type="button" className="button-quiet button-square" aria-label={`Remove ${name}`} onClick={remove}>
        <Icon name="close" />
      </button>
    </div>
  );
}
