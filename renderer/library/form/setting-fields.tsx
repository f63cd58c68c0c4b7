/**
 * The settings of a machine as fields, shared by the wizard and the settings tab.  Each is given the whole settings and
 * tells what it wishes to change.
 */

import type { MachineSettings } from '../../../core/protocol/machines.ts';
import type { Sample } from '../../../core/protocol/requests.ts';
import { useSamples } from '../../store.ts';
import { memoryLimits, type Objections, type SettingName } from '../draft.ts';
import { Field, FieldGroup } from './field.tsx';
import { PathInput } from './path-input.tsx';

export interface SettingsProps {
  readonly settings: MachineSettings;
  readonly change: (part: Partial<MachineSettings>) => void;
  readonly objections: Objections;
  /** Settings that a machine that is on will only notice at its next start. */
  readonly waiting: ReadonlySet<SettingName>;
}

export function NameField({ settings, change, objections }: SettingsProps) {
  return (
    <Field label="Name" objection={objections.name}>
      {(links) => (
        <input
          {...links}
          className="input"
          value={settings.name}
          autoComplete="off"
          onChange={(event) => change({ name: event.target.value })}
        />
      )}
    </Field>
  );
}

export function NotesField({ settings, change, objections }: SettingsProps) {
  return (
    <Field label="Notes" objection={objections.notes}>
      {(links) => (
        <textarea
          {...links}
          className="input"
          rows={3}
          value={settings.notes}
          onChange={(event) => change({ notes: event.target.value })}
        />
      )}
    </Field>
  );
}

export function MemoryField({ settings, change, objections, waiting }: SettingsProps) {
  const { least, most } = memoryLimits;
  return (
    <Field label="Memory" objection={objections.memoryMiB} waits={waiting.has('memoryMiB')}>
      {(links) => (
        <div className="with-unit">
          <input
            {...links}
            type="number"
            className="input input-number"
            min={least}
            max={most}
            step={1}
            value={Number.isNaN(settings.memoryMiB) ? '' : settings.memoryMiB}
            onChange={(event) => change({ memoryMiB: event.target.valueAsNumber })}
          />
          <span className="quiet">
            MiB, from {least} to {most}
          </span>
        </div>
      )}
    </Field>
  );
}

export function CommandLineField({ settings, change, objections, waiting }: SettingsProps) {
  const samples = useSamples();
  const { image } = settings;
  const sample = image.kind === 'sample' ? samples.find(({ name }) => name === image.name) : undefined;
  return (
    <>
      <Field
        label="Command line"
        hint="Words for the kernel, as a boot loader would hand them over."
        objection={objections.commandLine}
        waits={waiting.has('commandLine')}
      >
        {(links) => (
          <input
            {...links}
            className="input mono"
            value={settings.commandLine}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => change({ commandLine: event.target.value })}
          />
        )}
      </Field>
      {sample && <Workloads sample={sample} settings={settings} change={change} />}
    </>
  );
}

function Workloads({ sample, settings, change }: Pick<SettingsProps, 'settings' | 'change'> & { sample: Sample }) {
  if (sample.workloads.length === 0) return null;
  return (
    <ul className="workloads" aria-label={`What ${sample.name} can be asked to do`}>
      {sample.workloads.map(({ append, summary }) => (
        <li key={append}>
          <button
            type="button"
            className="workload"
            aria-pressed={settings.commandLine === append}
            onClick={() => change({ commandLine: append })}
          >
            <code>{append}</code>
            <span className="quiet">{summary}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

export function InitrdField({ settings, change, objections, waiting }: SettingsProps) {
  return (
    <Field
      label="Initial RAM disk"
      hint="A file the kernel finds in memory at its start. Leave it empty for none."
      objection={objections.initrd}
      waits={waiting.has('initrd')}
    >
      {(links) => (
        <PathInput
          links={links}
          path={settings.initrd ?? ''}
          purpose="initrd"
          onPath={(path) => change({ initrd: path === '' ? null : path })}
        />
      )}
    </Field>
  );
}

export function DevicesField({ settings, change, waiting }: SettingsProps) {
  const chosen = (value: string): MachineSettings['devices'] => (value === 'bus' || value === 'pci' ? value : 'auto');
  return (
    <Field
      label="Devices"
      hint="Kernels up to 4.0 look for the lguest bus, later ones for PCI. What is right is found in the kernel."
      waits={waiting.has('devices')}
    >
      {(links) => (
        <select
          {...links}
          className="input select input-short"
          value={settings.devices}
          onChange={(event) => change({ devices: chosen(event.target.value) })}
        >
          <option value="auto">As the kernel wishes</option>
          <option value="bus">lguest bus</option>
          <option value="pci">PCI with virtio 1.0</option>
        </select>
      )}
    </Field>
  );
}

export function EngineField({ settings, change, waiting }: SettingsProps) {
  const chosen = (value: string): MachineSettings['engine'] => (value === 'interpreter' ? value : 'translator');
  return (
    <Field
      label="Processor engine"
      hint="What executes the guest's code. Both do exactly the same; the interpreter takes longer."
      waits={waiting.has('engine')}
    >
      {(links) => (
        <select
          {...links}
          className="input select input-short"
          value={settings.engine}
          onChange={(event) => change({ engine: chosen(event.target.value) })}
        >
          <option value="translator">Translator</option>
          <option value="interpreter">Interpreter</option>
        </select>
      )}
    </Field>
  );
}

export function SwitchesField({ settings, change, waiting }: SettingsProps) {
  return (
    <FieldGroup label="Options" waits={waiting.has('entropy')}>
      <label className="check">
        <input
          type="checkbox"
          checked={settings.fastPath}
          onChange={(event) => change({ fastPath: event.target.checked })}
        />
        <span>
          Fast path
          <span className="hint">
            The Switcher hands user page faults straight back to the guest. Can be changed while it runs.
          </span>
        </span>
      </label>
      <label className="check">
        <input
          type="checkbox"
          checked={settings.entropy}
          onChange={(event) => change({ entropy: event.target.checked })}
        />
        <span>
          Source of randomness
          <span className="hint">A device from which the guest may draw random bytes of this computer.</span>
        </span>
      </label>
    </FieldGroup>
  );
}
