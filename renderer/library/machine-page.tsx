/** One machine: what it is and does in the head, its console, world switches and settings as tabs below. */

import { type KeyboardEvent, type ReactNode, useRef } from 'react';
import type { MachineView as Machine } from '../../core/protocol/machines.ts';
import { CommandsWhile } from '../commands.ts';
import { CrossingsView } from '../crossings/crossings-view.tsx';
import { MachineView } from '../machine/machine-view.tsx';
import { ErrorBoundary } from '../shell/error-boundary.tsx';
import { Icon } from '../shell/icons.tsx';
import { MenuButton, menuStep } from '../shell/menu.tsx';
import { type MachineTab, machineTabs } from '../shell/place.ts';
import { useGo } from '../shell/use-place.ts';
import { agoWords, durationWords } from '../shell/wording.ts';
import { useMachine, useMachinesKnown } from '../store.ts';
import { isOwnCopy, settingLabels } from './draft.ts';
import { machineMenu } from './machine-menu.ts';
import { RunButtons } from './run-buttons.tsx';
import { SettingsView } from './settings-view.tsx';
import { StateBadge } from './state-badge.tsx';
import { nameOf, stateWord } from './state-words.ts';
import { useMachineActions } from './use-machine-actions.ts';

const tabLabels: Readonly<Record<MachineTab, string>> = {
  console: 'Console',
  crossings: 'World switches',
  settings: 'Settings',
};

export function MachinePage({ id, tab }: { id: string; tab: MachineTab }) {
  const machine = useMachine(id);
  const known = useMachinesKnown();
  if (!machine) return known ? <NoSuchMachine /> : <p className="page empty-line">Reading the library…</p>;
  if (machine.damaged !== null) return <DamagedPage machine={machine} reason={machine.damaged} />;
  return (
    <div className="machine-page">
      <MachineHead machine={machine} tab={tab} />
      <Tabs id={id} tab={tab} />
      <div className="machine-panels">
        <Panel name="console" tab={tab}>
          <MachineView id={id} key={id} />
        </Panel>
        {tab === 'crossings' && (
          <Panel name="crossings" tab={tab}>
            <CrossingsView id={id} key={id} />
          </Panel>
        )}
        {tab === 'settings' && machine.settings && (
          <Panel name="settings" tab={tab}>
            <SettingsView machine={machine} settings={machine.settings} key={id} />
          </Panel>
        )}
      </div>
    </div>
  );
}

/** The console tells itself how its machine ended; the other tabs hear it from the head. */
function MachineHead({ machine, tab }: { machine: Machine; tab: MachineTab }) {
  const actions = useMachineActions(machine);
  const { tone, reason } = stateWord(machine);
  return (
    <>
      <header className="machine-head">
        <div className="machine-title">
          <h1>{nameOf(machine)}</h1>
          <StateBadge machine={machine} />
          <span className="quiet machine-about">{aboutWords(machine)}</span>
        </div>
        <RunButtons machine={machine} actions={actions} />
        <MenuButton label={`More for ${nameOf(machine)}`} items={machineMenu(actions)}>
          <Icon name="more" />
        </MenuButton>
      </header>
      {tone === 'bad' && reason !== '' && tab !== 'console' && (
        <p className="warning warning-bad machine-reason">
          <Icon name="warning" />
          <span>{reason}</span>
        </p>
      )}
    </>
  );
}

/** What it boots, in how much memory, and when it last ran: one line that may be cut off at its end. */
export function aboutWords({ settings, lastRun, state, needsRestart }: Machine, nowMs = Date.now()): string {
  if (!settings) return '';
  const { image, memoryMiB } = settings;
  const boots = image.kind === 'sample' ? `sample ${image.name}` : kernelWords(image.path);
  const restart = needsRestart.map((name) => settingLabels[name]).join(', ');
  const last =
    lastRun && (state.is === 'stopped' || state.is === 'ended')
      ? [`ran ${agoWords(lastRun.startedAt, nowMs)} for ${durationWords(lastRun.seconds)}`]
      : [];
  return [boots, `${memoryMiB} MiB`, ...last, ...(restart === '' ? [] : [`restart for: ${restart}`])].join(' · ');
}

const kernelWords = (path: string) => (isOwnCopy(path) ? 'own kernel' : path.split(/[\\/]/).at(-1));

const tabId = (tab: MachineTab) => `tab-${tab}`;
const panelId = (tab: MachineTab) => `panel-${tab}`;

function Tabs({ id, tab }: { id: string; tab: MachineTab }) {
  const go = useGo();
  const bar = useRef<HTMLDivElement>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = ({ ArrowRight: 'ArrowDown', ArrowLeft: 'ArrowUp' } as Record<string, string>)[event.key] ?? event.key;
    const next = machineTabs[menuStep(step, machineTabs.indexOf(tab), machineTabs.length) ?? -1];
    if (!next) return;
    event.preventDefault();
    go({ view: 'machine', id, tab: next });
    bar.current?.querySelector<HTMLElement>(`#${tabId(next)}`)?.focus();
  };
  return (
    <div ref={bar} className="tabs" role="tablist" aria-label="Views of the machine" onKeyDown={onKeyDown}>
      {machineTabs.map((one) => (
        <button
          key={one}
          type="button"
          role="tab"
          id={tabId(one)}
          aria-selected={one === tab}
          aria-controls={panelId(one)}
          tabIndex={one === tab ? 0 : -1}
          onClick={() => go({ view: 'machine', id, tab: one })}
        >
          {tabLabels[one]}
        </button>
      ))}
    </div>
  );
}

/** The console stays mounted behind the other tabs, and so keeps what it showed. */
function Panel({ name, tab, children }: { name: MachineTab; tab: MachineTab; children: ReactNode }) {
  return (
    <div
      className={`machine-panel panel-${name}`}
      role="tabpanel"
      id={panelId(name)}
      aria-labelledby={tabId(name)}
      hidden={name !== tab}
    >
      <CommandsWhile shown={name === tab}>
        <ErrorBoundary what={tabLabels[name]}>{children}</ErrorBoundary>
      </CommandsWhile>
    </div>
  );
}

function NoSuchMachine() {
  const go = useGo();
  return (
    <div className="page empty">
      <h1>This machine is not in the library</h1>
      <p className="quiet">It was deleted, perhaps in another window.</p>
      <button type="button" className="button" onClick={() => go({ view: 'home' })}>
        Show all machines
      </button>
    </div>
  );
}

function DamagedPage({ machine, reason }: { machine: Machine; reason: string }) {
  const actions = useMachineActions(machine);
  return (
    <div className="page">
      <header className="page-head">
        <div className="machine-title">
          <h1>{nameOf(machine)}</h1>
          <StateBadge machine={machine} />
        </div>
      </header>
      <p className="warning warning-bad">
        <Icon name="warning" />
        <span>{reason}</span>
      </p>
      <p>
        The entry cannot be read, so the machine cannot be started or changed. Every other machine works. Mend its file{' '}
        <code>machines/{machine.id}/machine.json</code> in Astride’s data folder and it will be back; or delete it.
      </p>
      <p>
        <button type="button" className="button button-danger" onClick={() => actions.remove?.()}>
          Delete…
        </button>
      </p>
    </div>
  );
}
