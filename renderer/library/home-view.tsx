/** Every machine at a glance, or, in an empty library, the sample guests: one press from nothing to a greeting. */

import type { MachineView } from '../../core/protocol/machines.ts';
import type { Sample } from '../../core/protocol/requests.ts';
import { useDo } from '../commands.ts';
import { Icon } from '../shell/icons.tsx';
import { MenuButton } from '../shell/menu.tsx';
import { useGo } from '../shell/use-place.ts';
import { agoWords, counted, sizeWords } from '../shell/wording.ts';
import { useAsk, useMachines, useMachinesKnown, useSamples } from '../store.ts';
import { newSettings, withSample } from './draft.ts';
import { machineMenu } from './machine-menu.ts';
import { Miniature } from './miniature.tsx';
import { QuickButton } from './run-buttons.tsx';
import { StateBadge } from './state-badge.tsx';
import { isOn, nameOf, stateWord } from './state-words.ts';
import { useMachineActions } from './use-machine-actions.ts';

export function HomeView() {
  const machines = useMachines();
  const known = useMachinesKnown();
  const run = useDo();
  const on = machines.filter(({ state }) => isOn(state)).length;
  if (!known) return <p className="page empty-line">Reading the library…</p>;
  if (machines.length === 0) return <Welcome />;
  return (
    <div className="page page-wide">
      <header className="page-head">
        <div>
          <h1>Machines</h1>
          <p className="quiet">
            {counted(machines.length, 'machine')}, {on === 0 ? 'none' : on} on
          </p>
        </div>
        <div className="page-tools">
          <button type="button" className="button" onClick={() => run('machine.import')}>
            Import…
          </button>
          <button type="button" className="button button-primary" onClick={() => run('machine.new')}>
            <Icon name="plus" />
            New machine
          </button>
        </div>
      </header>
      <ul className="cards">
        {machines.map((machine) => (
          <Card key={machine.id} machine={machine} />
        ))}
      </ul>
    </div>
  );
}

function Card({ machine }: { machine: MachineView }) {
  const go = useGo();
  const actions = useMachineActions(machine);
  const { tone, reason } = stateWord(machine);
  return (
    <li className="card" data-tone={tone}>
      <button
        type="button"
        className="card-link"
        onClick={() => go({ view: 'machine', id: machine.id, tab: 'console' })}
      >
        <Miniature machine={machine} shows="whole" />
        <span className="card-title">
          <span className="card-name">{nameOf(machine)}</span>
          <StateBadge machine={machine} />
        </span>
      </button>
      <p className="card-notes quiet">{tone === 'bad' ? reason : (machine.settings?.notes ?? '')}</p>
      <div className="card-foot">
        <span className="quiet card-when">{whenWords(machine)}</span>
        <QuickButton machine={machine} actions={actions} />
        <MenuButton label={`More for ${nameOf(machine)}`} items={machineMenu(actions)}>
          <Icon name="more" />
        </MenuButton>
      </div>
    </li>
  );
}

function whenWords({ lastRun, sizeBytes, damaged, state }: MachineView): string {
  if (damaged !== null) return '';
  const run = isOn(state) ? 'on now' : lastRun ? `last run ${agoWords(lastRun.startedAt, Date.now())}` : 'never run';
  return `${run} · ${sizeWords(sizeBytes)}`;
}

function Welcome() {
  const samples = useSamples();
  const run = useDo();
  return (
    <div className="page">
      <header className="page-head">
        <div>
          <h1>Welcome to Astride</h1>
          <p className="quiet">
            The library is empty. Start with a sample guest, which needs nothing else, or with a kernel of your own.
          </p>
        </div>
      </header>
      <ul className="cards">
        {samples.map((sample) => (
          <SampleCard key={sample.name} sample={sample} />
        ))}
      </ul>
      <p className="page-tools">
        <button type="button" className="button button-primary" onClick={() => run('machine.new')}>
          <Icon name="plus" />
          New machine from a kernel…
        </button>
        <button type="button" className="button" onClick={() => run('machine.import')}>
          Import a machine…
        </button>
      </p>
    </div>
  );
}

function SampleCard({ sample }: { sample: Sample }) {
  const ask = useAsk();
  const go = useGo();
  const createAndStart = async () => {
    const machine = await ask('library.create', { settings: withSample(newSettings(), sample, []) });
    if (!machine) return;
    go({ view: 'machine', id: machine.id, tab: 'console' });
    await ask('machine.start', { id: machine.id });
  };
  return (
    <li className="card card-sample">
      <h2 className="card-name">{sample.name}</h2>
      <p className="quiet">{sample.summary}</p>
      <button type="button" className="button" onClick={createAndStart}>
        <Icon name="play" />
        Create and start
      </button>
    </li>
  );
}
