/** A machine's settings: edited here, saved at once as a whole, with marks on what a running guest has not noticed yet. */

import { type FormEvent, useEffect, useState } from 'react';
import type { MachineSettings, MachineView } from '../../core/protocol/machines.ts';
import { counted } from '../shell/wording.ts';
import { useAsk } from '../store.ts';
import { changed, isOwnCopy, objectionsTo, type SettingName, settingLabels, waitsForRestart } from './draft.ts';
import { DisksField } from './form/disks-field.tsx';
import { Field } from './form/field.tsx';
import { KernelFactsPanel } from './form/kernel-facts.tsx';
import { NetworksField } from './form/networks-field.tsx';
import { PathInput } from './form/path-input.tsx';
import {
  CommandLineField,
  DevicesField,
  EngineField,
  InitrdField,
  MemoryField,
  NameField,
  NotesField,
  type SettingsProps,
  SwitchesField,
} from './form/setting-fields.tsx';
import { useKernelFacts } from './form/use-kernel-facts.ts';
import { isOn } from './state-words.ts';

interface SettingsViewProps {
  readonly machine: MachineView;
  readonly settings: MachineSettings;
}

/** Precondition: `settings` are the machine's, which is not damaged. */
export function SettingsView({ machine, settings }: SettingsViewProps) {
  const [draft, setDraft] = useDraft(settings);
  const ask = useAsk();
  const dirty = changed(settings, draft);
  const objections = objectionsTo(draft, settings);
  const sound = Object.keys(objections).length === 0;
  const waiting = waitingSettings(machine, dirty);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (sound && dirty.length > 0) await ask('library.edit', { id: machine.id, settings: draft });
  };
  const props: SettingsProps = {
    settings: draft,
    change: (part) => setDraft({ ...draft, ...part }),
    objections,
    waiting,
  };
  return (
    <form className="page settings" onSubmit={save} noValidate>
      <SettingsFields {...props} id={machine.id} />
      <footer className="save-bar" data-dirty={dirty.length > 0 || undefined}>
        <p className="quiet" aria-live="polite">
          {barSentence(dirty, waiting)}
        </p>
        <button type="button" className="button" disabled={dirty.length === 0} onClick={() => setDraft(settings)}>
          Revert
        </button>
        <button type="submit" className="button button-primary" disabled={dirty.length === 0 || !sound}>
          Save
        </button>
      </footer>
    </form>
  );
}

/** What main tells anew replaces the draft only where the person has not touched it. */
function useDraft(settings: MachineSettings) {
  const [draft, setDraft] = useState(settings);
  const [base, setBase] = useState(settings);
  useEffect(() => {
    const touched = new Set(changed(base, draft));
    if (changed(base, settings).length === 0) return;
    setBase(settings);
    setDraft({ ...settings, ...Object.fromEntries([...touched].map((name) => [name, draft[name]])) });
  }, [settings, base, draft]);
  return [draft, setDraft] as const;
}

/** What main says the guest has not noticed, and what saving now would add to it. */
export function waitingSettings(machine: MachineView, dirty: readonly SettingName[]): ReadonlySet<SettingName> {
  if (!isOn(machine.state)) return new Set();
  return new Set([...machine.needsRestart, ...dirty.filter(waitsForRestart)]);
}

export function barSentence(dirty: readonly SettingName[], waiting: ReadonlySet<SettingName>): string {
  const restart = [...waiting].map((name) => settingLabels[name]).join(', ');
  const note = restart === '' ? '' : ` The guest notices at its next start: ${restart}.`;
  return dirty.length === 0
    ? `Everything is saved.${note}`
    : `${counted(dirty.length, 'change')} not saved yet.${note}`;
}

interface WithMachine extends SettingsProps {
  readonly id: string;
}

function SettingsFields(props: WithMachine) {
  return (
    <div className="settings-columns">
      <div className="settings-column">
        <section className="panel form" aria-label="General">
          <NameField {...props} />
          <NotesField {...props} />
          <SwitchesField {...props} />
        </section>
      </div>
      <div className="settings-column">
        <section className="panel form" aria-label="What it boots">
          <ImageField {...props} />
          <InitrdField {...props} />
          <CommandLineField {...props} />
          <MemoryField {...props} />
        </section>
        <section className="panel form" aria-label="Devices">
          <DisksField {...props} />
          <NetworksField {...props} />
          <DevicesField {...props} />
          <EngineField {...props} />
        </section>
      </div>
    </div>
  );
}

function ImageField({ id, settings, change, objections, waiting }: WithMachine) {
  const [curious, setCurious] = useState(false);
  const { image } = settings;
  return (
    <>
      <Field
        label="Image"
        objection={objections.image}
        waits={waiting.has('image')}
        hint={
          image.kind === 'file' && isOwnCopy(image.path) ? 'The library’s own copy, kept with the machine.' : undefined
        }
      >
        {(links) =>
          image.kind === 'sample' ? (
            <input {...links} className="input" readOnly value={`Sample guest ${image.name}`} />
          ) : (
            <PathInput
              links={links}
              path={image.path}
              purpose="kernel"
              onPath={(path) => change({ image: { kind: 'file', path } })}
            />
          )
        }
      </Field>
      <details className="facts-details" onToggle={(event) => setCurious(event.currentTarget.open)}>
        <summary>What is known of this kernel</summary>
        {curious && <Facts image={image} id={id} />}
      </details>
    </>
  );
}

/** Reading a kernel takes main a moment, so nobody reads one before somebody asks. */
function Facts({ image, id }: { image: MachineSettings['image']; id: string }) {
  return <KernelFactsPanel state={useKernelFacts(image, id)} />;
}
