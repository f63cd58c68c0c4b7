/** What Astride wrote down: refusals, restarts, ends, and its own mistakes; to be filtered, read and copied. */

import { useLayoutEffect, useRef, useState } from 'react';
import type { LogLine } from '../../core/protocol/requests.ts';
import { nameOf } from '../library/state-words.ts';
import { copyText } from '../machine/clipboard.ts';
import { Icon } from '../shell/icons.tsx';
import { useAbout, useLog, useMachines, useSay } from '../store.ts';
import { filterLog, type LogFilter, levels, logText } from './filter-log.ts';

const levelLabels: Readonly<Record<LogLine['level'], string>> = {
  fine: 'Everything',
  warning: 'Warnings and errors',
  error: 'Errors only',
};
const levelWords: Readonly<Record<LogLine['level'], string>> = { fine: 'Note', warning: 'Warning', error: 'Error' };

export function LogView() {
  const log = useLog();
  const about = useAbout();
  const [filter, setFilter] = useState<LogFilter>({ from: 'fine', machine: '', search: '' });
  const shown = filterLog(log, filter);
  return (
    <div className="page page-full">
      <header className="page-head">
        <div>
          <h1>Log</h1>
          {about && <p className="quiet">All of it is kept in {about.dataFolder}.</p>}
        </div>
        <LogTools filter={filter} setFilter={setFilter} shown={shown} />
      </header>
      {shown.length === 0 ? (
        <p className="empty-line">{log.length === 0 ? 'Nothing has been written yet.' : 'No line matches.'}</p>
      ) : (
        <LogLines lines={shown} />
      )}
    </div>
  );
}

interface ToolsProps {
  readonly filter: LogFilter;
  readonly setFilter: (filter: LogFilter) => void;
  readonly shown: readonly LogLine[];
}

function LogTools({ filter, setFilter, shown }: ToolsProps) {
  const machines = useMachines();
  const say = useSay();
  const copy = async () => {
    if (await copyText(logText(shown))) say('fine', `${shown.length} lines of the log were copied.`);
    else say('error', 'The browser refused the clipboard. Select the lines and copy them with the keyboard.');
  };
  return (
    <div className="page-tools">
      <input
        type="search"
        className="input log-search"
        aria-label="Search the log"
        placeholder="Search"
        value={filter.search}
        onChange={(event) => setFilter({ ...filter, search: event.target.value })}
      />
      <select
        className="input select"
        aria-label="Machine"
        value={filter.machine}
        onChange={(event) => setFilter({ ...filter, machine: event.target.value })}
      >
        <option value="">All machines</option>
        {machines.map((machine) => (
          <option key={machine.id} value={machine.id}>
            {nameOf(machine)}
          </option>
        ))}
      </select>
      <select
        className="input select"
        aria-label="Level"
        value={filter.from}
        onChange={(event) =>
          setFilter({ ...filter, from: levels.find((level) => level === event.target.value) ?? 'fine' })
        }
      >
        {levels.map((level) => (
          <option key={level} value={level}>
            {levelLabels[level]}
          </option>
        ))}
      </select>
      <button type="button" className="button" disabled={shown.length === 0} onClick={copy}>
        <Icon name="copy" />
        Copy
      </button>
    </div>
  );
}

/** New lines are followed as long as the end is in sight. */
function LogLines({ lines }: { lines: readonly LogLine[] }) {
  const machines = useMachines();
  const list = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const names = new Map(machines.map((machine) => [machine.id, nameOf(machine)]));
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the new lines that push the end out of sight
  useLayoutEffect(() => {
    if (atEnd.current && list.current) list.current.scrollTop = list.current.scrollHeight;
  }, [lines]);
  const onScroll = () => {
    const { scrollTop, scrollHeight, clientHeight } = list.current!;
    atEnd.current = scrollHeight - scrollTop - clientHeight < 4;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable with the keyboard
    <div ref={list} className="log" role="log" aria-label="Lines of the log" tabIndex={0} onScroll={onScroll}>
      {lines.map((line, number) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no names and only ever come at the end
        <p key={number} className="log-line" data-level={line.level}>
          <time dateTime={line.at}>{momentWords(line.at)}</time>
          <span className="log-level">{levelWords[line.level]}</span>
          <span className="log-machine">{names.get(line.machine) ?? line.machine}</span>
          <span className="log-sentence">{line.sentence}</span>
        </p>
      ))}
    </div>
  );
}

function momentWords(iso: string): string {
  const moment = new Date(iso);
  return Number.isNaN(moment.getTime()) ? iso : `${moment.toLocaleDateString()} ${moment.toLocaleTimeString()}`;
}
