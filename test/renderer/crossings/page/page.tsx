/**
 * The view alone in a page, on a connection that plays a recording: a machine that crosses some sixty times between two
 * looks while it runs.  A test lays the recording out beside the page and turns the knobs by `window.stage`.
 */

import { createRoot } from 'react-dom/client';
import '../../../../renderer/look/tokens.css';
import '../../../../renderer/look/base.css';
import '../../../../renderer/look/controls.css';
import type { CrossingDetail, CrossingView } from '../../../../core/protocol/crossings.ts';
import type { MachineView, RunState } from '../../../../core/protocol/machines.ts';
import { defaultPreferences } from '../../../../core/protocol/preferences.ts';
import { RefusedRequest } from '../../../../renderer/connection.ts';
import { CrossingsView } from '../../../../renderer/crossings/crossings-view.tsx';
import { WorkstationProvider } from '../../../../renderer/store.ts';
import { fakeMain } from '../../machine/fake-main.ts';

/** What the test lays out at /recorded.json. */
export interface Recorded {
  readonly crossings: readonly CrossingView[];
  /** By number. */
  readonly details: Readonly<Record<number, CrossingDetail>>;
}

export interface Stage {
  /** How many of the recorded crossings have happened. */
  played: number;
  readonly recording: boolean;
  setState(state: 'running' | 'paused' | 'stopped'): void;
  /** Puts the view on the page, or takes it away as if somebody looked at something else. */
  draw(shown: boolean): void;
}

declare global {
  interface Window {
    stage: Stage;
  }
}

const CROSSED_BETWEEN_LOOKS = 60;

const options = new URLSearchParams(location.search);
const theme = options.get('theme') === 'dark' ? 'dark' : 'light';
document.documentElement.dataset.theme = theme;
// The test that serves it wrote it in this shape.
const recorded = (await (await fetch('/recorded.json')).json()) as Recorded;

let state: RunState = options.get('state') === 'running' ? { is: 'running' } : { is: 'stopped' };
let recording = false;

const library = (): readonly MachineView[] => [
  {
    id: 'm',
    settings: {
      name: 'Faulting Fred',
      notes: '',
      image: { kind: 'sample', name: 'faults' },
      initrd: null,
      commandLine: '',
      memoryMiB: 64,
      disks: [],
      networks: [],
      entropy: false,
      devices: 'auto',
      fastPath: false,
      engine: 'translator',
    },
    damaged: null,
    createdAt: '2026-01-01T00:00:00Z',
    lastRun: null,
    state,
    needsRestart: [],
    sizeBytes: 0,
  },
];

const main = fakeMain({
  'library.list': library,
  'library.samples': () => [],
  'compare.list': () => [],
  'app.preferences': () => ({ ...defaultPreferences, theme }),
  'app.log': () => [],
  'app.about': () => ({ version: '0', front: 'browser', dataFolder: '/', platform: 'test' }),
  'machine.start': () => become('running'),
  'machine.pause': () => become('paused'),
  'machine.resume': () => become('running'),
  'crossings.record': ({ on }) => {
    recording = on;
    return null;
  },
  'crossings.read': ({ last }) => {
    if (state.is === 'running' && recording) stage.played += CROSSED_BETWEEN_LOOKS;
    return recorded.crossings.slice(0, stage.played).slice(-last);
  },
  'crossings.detail': ({ number }) => {
    const detail = recorded.details[number];
    if (!detail) throw new RefusedRequest(`crossing ${number} was not recorded, or is forgotten by now`);
    return detail;
  },
});

function become(is: 'running' | 'paused' | 'stopped'): null {
  state = { is };
  main.tell('library', library());
  return null;
}

const root = createRoot(document.getElementById('window')!);

const stage: Stage = {
  played: 0,
  get recording() {
    return recording;
  },
  setState: become,
  draw: (shown) =>
    root.render(
      <WorkstationProvider connection={main.connection}>{shown && <CrossingsView id="m" />}</WorkstationProvider>,
    ),
};
window.stage = stage;
stage.draw(true);
