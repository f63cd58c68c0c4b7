/** A chart with its title and a legend to switch lines off and on; the numbers follow the cursor, or the newest sample. */

import { useCallback, useEffect, useRef, useState } from 'react';
import { percent, short } from './amounts.ts';
import type { ChartBoard } from './chart-board.ts';
import type { ChartKind, Line, Paint } from './charts.ts';
import { type CounterFeed, onSampleAtMost } from './counter-feed.ts';
import { LiveChart } from './live-chart.ts';
import { onTheme } from './paints.ts';

/** Numbers faster than this cannot be read. */
const LEGEND_PAUSE_MS = 500;

interface ChartPanelProps {
  readonly kind: ChartKind;
  readonly feed: CounterFeed;
  readonly board: ChartBoard;
  readonly syncKey: string;
}

const sameLines = (one: readonly Line[], other: readonly Line[]): boolean =>
  one.length === other.length && one.every(({ label }, index) => label === other[index].label);

/** The lines there are, looked up now and then: a hypercall may appear, or overtake another. */
function useLines(kind: ChartKind, feed: CounterFeed): readonly Line[] {
  const [lines, setLines] = useState(() => kind.lines(feed.history));
  useEffect(() => {
    const look = () =>
      setLines((before) => {
        const now = kind.lines(feed.history);
        return sameLines(before, now) ? before : now;
      });
    look();
    return onSampleAtMost(feed, 1000, look);
  }, [kind, feed]);
  return lines;
}

function useThemeCount(): number {
  const [count, setCount] = useState(0);
  useEffect(() => onTheme(() => setCount((before) => before + 1)), []);
  return count;
}

export function ChartPanel({ kind, feed, board, syncKey }: ChartPanelProps) {
  const lines = useLines(kind, feed);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const panel = useRef<HTMLElement>(null);
  const host = useRef<HTMLDivElement>(null);
  useChart({ kind, feed, board, syncKey, lines, hidden, panel, host });
  const toggle = useCallback((label: string) => {
    setHidden((before) => {
      const after = new Set(before);
      if (!after.delete(label)) after.add(label);
      return after;
    });
  }, []);
  return (
    <section
      className="machine-chart"
      aria-label={`Chart: ${kind.title}, ${kind.unit}`}
      ref={panel}
      data-chart={kind.name}
    >
      <header className="machine-chart-head">
        <h3>{kind.title}</h3>
        <span className="machine-chart-unit">{kind.unit}</span>
        <span className="machine-chart-when" data-when="" />
      </header>
      <div className="machine-chart-plot" ref={host} aria-hidden="true" />
      <Legend lines={lines} hidden={hidden} onToggle={toggle} />
    </section>
  );
}

interface LegendProps {
  readonly lines: readonly Line[];
  readonly hidden: ReadonlySet<string>;
  readonly onToggle: (label: string) => void;
}

function Legend({ lines, hidden, onToggle }: LegendProps) {
  if (lines.length === 0) return <p className="machine-legend machine-faint">Nothing has been counted yet.</p>;
  return (
    <ul className="machine-legend">
      {lines.map((line) => (
        <li key={line.label}>
          <button
            type="button"
            className="machine-legend-line"
            aria-pressed={!hidden.has(line.label)}
            title={line.meaning}
            onClick={() => onToggle(line.label)}
          >
            <span className="machine-swatch" aria-hidden="true" style={swatchOf(line.paint)} />
            {line.label}
            <span className="machine-legend-value" data-value={line.label} />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** Both paints are handed to the style sheet, which knows the theme. */
function swatchOf(paint: Paint): Record<string, string> {
  const [light, dark] =
    'property' in paint ? [`var(${paint.property})`, `var(${paint.property})`] : [paint.light, paint.dark];
  return { '--swatch-light': light, '--swatch-dark': dark };
}

interface ChartUse extends ChartPanelProps {
  readonly lines: readonly Line[];
  readonly hidden: ReadonlySet<string>;
  readonly panel: { readonly current: HTMLElement | null };
  readonly host: { readonly current: HTMLDivElement | null };
}

/** Makes the chart anew whenever what it shows has changed in kind; its samples it gets from the board. */
function useChart({ kind, feed, board, syncKey, lines, hidden, panel, host }: ChartUse): void {
  const theme = useThemeCount();
  // The theme is no input of the chart's but of its colours, which are read when it is made.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const shown = lines.filter(({ label }) => !hidden.has(label));
    let atCursor = false;
    const write = (values: readonly number[], when: string) => writeValues(panel.current, kind, shown, values, when);
    const chart = new LiveChart({
      host: element,
      kind,
      lines: shown,
      syncKey,
      onCursor: (values, secondsAgo) => {
        atCursor = values !== null;
        if (values !== null) write(values, `${secondsAgo.toFixed(1)} s ago`);
      },
    });
    const ends = [
      board.add(chart),
      onSampleAtMost(feed, LEGEND_PAUSE_MS, () => {
        if (!atCursor && board.frozenAt === null) write(chart.newestRates, '');
      }),
      keepSize(element, chart, board),
    ];
    return () => {
      for (const end of ends) end();
      chart.destroy();
    };
  }, [kind, feed, board, syncKey, lines, hidden, panel, host, theme]);
}

/** Follows its element's size, and whether it can be seen. */
function keepSize(element: HTMLElement, chart: LiveChart, board: ChartBoard): () => void {
  const sizes = new ResizeObserver(() => {
    chart.resize();
    board.request();
  });
  sizes.observe(element);
  const sights = new IntersectionObserver((entries) => board.setInSight(chart, entries.at(-1)?.isIntersecting ?? true));
  sights.observe(element);
  return () => {
    sizes.disconnect();
    sights.disconnect();
  };
}

function writeValues(
  panel: HTMLElement | null,
  kind: ChartKind,
  shown: readonly Line[],
  values: readonly number[],
  when: string,
): void {
  if (panel === null) return;
  const written = new Map(shown.map(({ label }, index) => [label, values[index]]));
  for (const place of panel.querySelectorAll<HTMLElement>('[data-value]')) {
    const value = written.get(place.dataset.value ?? '');
    const text = value === undefined ? '' : kind.stacked ? short(value) : percent(value);
    if (place.textContent !== text) place.textContent = text;
  }
  const place = panel.querySelector('[data-when]');
  if (place !== null && place.textContent !== when) place.textContent = when;
}
