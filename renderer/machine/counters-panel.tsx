/** Everything that is counted about one machine: the toggle, five charts on one time axis, and the table of totals. */

import 'uplot/dist/uPlot.min.css';
import { useEffect, useMemo, useState } from 'react';
import type { MachineView } from '../../core/protocol/machines.ts';
import { isOn, nameOf } from '../library/state-words.ts';
import { Icon } from '../shell/icons.tsx';
import { MenuButton } from '../shell/menu.tsx';
import { fileNameFor } from '../shell/wording.ts';
import { useConnection, useSay } from '../store.ts';
import { ChartBoard } from './chart-board.ts';
import { ChartPanel } from './chart-panel.tsx';
import { chartKinds } from './charts.ts';
import { type CounterFeed, feedOf } from './counter-feed.ts';
import { CounterTable } from './counter-table.tsx';
import { download, samplesAsCsv, samplesAsJson } from './export-samples.ts';
import { FastPathSwitch } from './fast-path-switch.tsx';
import { type Span, spans } from './rates.ts';
import { remembered } from './remembered.ts';

const rememberedSpan = remembered('machine.span');

export function CountersPanel({ machine, arrange }: { machine: MachineView; arrange: React.ReactNode }) {
  const feed = useFeed(machine);
  const { board, span, setSpan, frozen, setFrozen } = useBoard(feed);
  const [zeroCount, setZeroCount] = useState(0);
  const zero = () => {
    feed.countFromNow();
    setZeroCount(zeroCount + 1);
  };
  return (
    <section className="machine-counters-panel" aria-label={`Counters of ${nameOf(machine)}`}>
      <FastPathSwitch machine={machine} feed={feed} />
      <div className="machine-bar">
        <SpanChoice span={span} onChoose={setSpan} />
        <span className="machine-bar-space" />
        <button
          type="button"
          className="button-quiet"
          aria-pressed={frozen}
          title={frozen ? 'Let charts and table run on' : 'Stop charts and table; counting goes on'}
          onClick={() => setFrozen(!frozen)}
        >
          <Icon name={frozen ? 'play' : 'pause'} />
          <span className="machine-bar-word">{frozen ? 'Go on' : 'Hold'}</span>
        </button>
        <button type="button" className="button-quiet" title="Count totals from now on" onClick={zero}>
          <Icon name="reset" />
          <span className="machine-bar-word">Zero</span>
        </button>
        <ExportButton machine={machine} feed={feed} />
        {arrange}
      </div>
      <div className="machine-counters-scroll">
        <div className="machine-charts">
          {chartKinds.map((kind) => (
            <ChartPanel key={kind.name} kind={kind} feed={feed} board={board} syncKey={`charts of ${machine.id}`} />
          ))}
        </div>
        <CounterTable feed={feed} frozen={frozen} zeroCount={zeroCount} />
      </div>
    </section>
  );
}

/** Samples flow while this is on screen; a machine that is started meanwhile is asked anew. */
function useFeed(machine: MachineView): CounterFeed {
  const connection = useConnection();
  const feed = useMemo(() => feedOf(connection, machine.id), [connection, machine.id]);
  useEffect(() => feed.watch(), [feed]);
  const running = isOn(machine.state);
  useEffect(() => {
    if (running) feed.askAgain();
  }, [feed, running]);
  return feed;
}

function useBoard(feed: CounterFeed) {
  const board = useMemo(() => new ChartBoard(feed), [feed]);
  const [span, setSpan] = useState<Span>(() => spans.find(({ label }) => label === rememberedSpan.read()) ?? spans[0]);
  const [frozen, setFrozen] = useState(false);
  useEffect(() => board.start(), [board]);
  useEffect(() => {
    board.span = span;
    board.request();
  }, [board, span]);
  useEffect(() => {
    board.frozenAt = frozen ? feed.history.lastSeconds : null;
    board.request();
  }, [board, feed, frozen]);
  const choose = (chosen: Span) => {
    rememberedSpan.write(chosen.label);
    setSpan(chosen);
  };
  return { board, span, setSpan: choose, frozen, setFrozen };
}

function SpanChoice({ span, onChoose }: { span: Span; onChoose: (span: Span) => void }) {
  return (
    <fieldset className="machine-choice" aria-label="Time shown">
      {spans.map((one) => (
        <button key={one.label} type="button" aria-pressed={one === span} onClick={() => onChoose(one)}>
          {one.label}
        </button>
      ))}
    </fieldset>
  );
}

function ExportButton({ machine, feed }: { machine: MachineView; feed: CounterFeed }) {
  const say = useSay();
  const save = (ending: 'csv' | 'json') => {
    if (feed.history.length === 0) {
      say('error', 'Nothing has been counted yet. Start the machine first.');
      return;
    }
    const around = {
      machine: nameOf(machine),
      clockOriginMs: performance.timeOrigin,
      exportedAtMs: Date.now(),
      zero: feed.zero?.sample ?? null,
    };
    const write = ending === 'csv' ? samplesAsCsv : samplesAsJson;
    const type = ending === 'csv' ? 'text/csv' : 'application/json';
    download(`${fileNameFor(nameOf(machine))}-counters.${ending}`, type, write(feed.history, around));
  };
  return (
    <MenuButton
      label="Export the samples"
      className="button-quiet"
      items={[
        { label: 'As CSV', run: () => save('csv') },
        { label: 'As JSON, with explanations', run: () => save('json') },
      ]}
    >
      <Icon name="file" />
      <span className="machine-bar-word">Export</span>
    </MenuButton>
  );
}
