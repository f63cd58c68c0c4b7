/**
 * One chart on the screen.  It is drawn by hand, a frame at a time, and React never hears of a sample: a redraw costs what
 * the canvas costs and nothing more.  Colours are read when it is made; a change of theme or of lines makes a new
 * one.
 */

import './known-language.ts';
import uPlot from 'uplot';
import { short } from './amounts.ts';
import { agoMark, lineRates, stack, timeMarks } from './chart-points.ts';
import type { ChartKind, Line, Paint } from './charts.ts';
import { property, rgbOf, themeNow } from './paints.ts';
import type { Points, Span } from './rates.ts';
import type { Flip, SampleHistory } from './sample-history.ts';

/** Wide enough for '1.23 M', the same in every chart, so that their time axes stand below each other. */
const VERTICAL_AXIS_WIDTH = 56;
const TIME_AXIS_HEIGHT = 22;
/** Of the paint, over the panel. */
const FILL_STRENGTH = 0.42;

export interface Frame {
  readonly history: SampleHistory;
  readonly points: Points;
  readonly span: Span;
  readonly newest: number;
}

export interface LiveChartOptions {
  readonly host: HTMLElement;
  readonly kind: ChartKind;
  /** Those that are shown, in legend order. */
  readonly lines: readonly Line[];
  /** Charts with the same key move their cursors together. */
  readonly syncKey: string;
  /** Rates of the lines at the cursor and how long ago that was; null when it is elsewhere. */
  onCursor(values: readonly number[] | null, secondsAgo: number): void;
}

export class LiveChart {
  private readonly plot: uPlot;
  private readonly options: LiveChartOptions;
  private readonly markPaint: string;
  private readonly markFont: string;
  private frame: Frame | null = null;
  private rates: Float64Array[] = [];

  constructor(options: LiveChartOptions) {
    this.options = options;
    this.markPaint = property('--chart-mark', '#1a202a');
    this.markFont = property('--font-sans', 'sans-serif');
    const { clientWidth, clientHeight } = options.host;
    this.plot = new uPlot(this.plotOptions(clientWidth, clientHeight), emptyData(options.lines.length), options.host);
  }

  // @journey glass/live-chart  A chart of rates that keeps no rate
  // Ten times a second a machine tells its totals, and as often as that moves a line so far that one sees it, every chart
  // in sight takes differences of them, stacks what belongs together and paints the highest sum first.  What nobody can
  // see is not drawn, and what was missed in the meantime is not lost: the totals know.
  draw(frame: Frame): void {
    this.frame = frame;
    this.rates = this.options.lines.map((line) => lineRates(frame.history, line, frame.points));
    const painted = this.options.kind.stacked ? stack(this.rates) : this.rates;
    this.plot.setData([frame.points.seconds, ...painted]);
  }
  // @end

  resize(): void {
    const { clientWidth, clientHeight } = this.options.host;
    if (clientWidth > 0 && clientHeight > 0) this.plot.setSize({ width: clientWidth, height: clientHeight });
  }

  /** Of the drawing area, in pixels of the screen. */
  get plotWidth(): number {
    return this.plot.bbox.width;
  }

  /** The newest rate of each line; empty before there is one. */
  get newestRates(): readonly number[] {
    return this.rates.map((own) => own.at(-1) ?? 0);
  }

  destroy(): void {
    this.plot.destroy();
  }

  private plotOptions(width: number, height: number): uPlot.Options {
    return {
      width: Math.max(width, 100),
      height: Math.max(height, 60),
      padding: [10, 12, 0, 0],
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: false, y: false },
        points: { show: false },
        sync: { key: this.options.syncKey, scales: ['x', null] },
      },
      scales: {
        x: { time: false, range: () => this.timeRange() },
        y: { range: (_plot, _min, max) => [0, this.options.kind.stacked ? roomAbove(max) : 1] },
      },
      axes: this.axes(),
      series: this.series(),
      hooks: {
        draw: [(plot) => this.drawFlips(plot)],
        setCursor: [(plot) => this.tellCursor(plot)],
      },
    };
  }

  private timeRange(): [number, number] {
    const { frame } = this;
    return frame === null ? [0, 1] : [frame.newest - frame.span.seconds, frame.newest];
  }

  private axes(): uPlot.Axis[] {
    const stroke = property('--text-faint', '#667080');
    const font = `11px ${this.markFont}`;
    const grid = { stroke: property('--line', '#dfe2e8'), width: 1 };
    const shared = { stroke, font, grid, ticks: { show: false } };
    return [
      {
        ...shared,
        size: TIME_AXIS_HEIGHT,
        gap: 4,
        splits: () => timeMarks(this.timeRange()[1], this.frame?.span.seconds ?? 1),
        values: (_plot, splits) => splits.map((at) => agoMark(this.timeRange()[1] - at)),
      },
      {
        ...shared,
        size: VERTICAL_AXIS_WIDTH,
        space: 28,
        gap: 6,
        values: (_plot, splits) =>
          splits.map((value) => (this.options.kind.stacked ? short(value) : `${value * 100} %`)),
      },
    ];
  }

  /** In painting order: the last line lies at the back when they are stacked. */
  private series(): uPlot.Series[] {
    const { lines, kind } = this.options;
    const panel = rgbOf(property('--surface', '#ffffff'));
    const gaps: uPlot.Series.GapsRefiner = (plot) => this.gaps(plot);
    const painted = kind.stacked ? [...lines].reverse() : lines;
    return [
      {},
      ...painted.map(({ paint }) => {
        const colour = rgbOf(cssOf(paint));
        return { stroke: cssRgb(colour), fill: cssRgb(mix(colour, panel)), width: 1, points: { show: false }, gaps };
      }),
    ];
  }

  private gaps(plot: uPlot): [number, number][] {
    const pixel = (seconds: number) => plot.valToPos(seconds, 'x', true);
    return (this.frame?.points.gaps ?? []).map(([from, to]) => [pixel(from), pixel(to)]);
  }

  private drawFlips(plot: uPlot): void {
    const { frame } = this;
    if (frame === null) return;
    const [from, to] = this.timeRange();
    for (const flip of frame.history.flips) {
      if (flip.seconds >= from && flip.seconds <= to) this.drawFlip(plot, flip);
    }
  }

  private drawFlip({ ctx, bbox, valToPos }: uPlot, { seconds, on }: Flip): void {
    const x = Math.round(valToPos(seconds, 'x', true)) + 0.5;
    const scale = uPlot.pxRatio;
    ctx.save();
    ctx.strokeStyle = this.markPaint;
    ctx.fillStyle = this.markPaint;
    ctx.lineWidth = scale;
    ctx.setLineDash([3 * scale, 3 * scale]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.font = `600 ${10 * scale}px ${this.markFont}`;
    ctx.textBaseline = 'top';
    // Near the right edge the word stands left of its line.
    const fits = x + 70 * scale < bbox.left + bbox.width;
    ctx.textAlign = fits ? 'left' : 'right';
    ctx.fillText(on ? 'fast path on' : 'fast path off', x + (fits ? 4 : -4) * scale, bbox.top + 2 * scale);
    ctx.restore();
  }

  private tellCursor(plot: uPlot): void {
    const { idx, left } = plot.cursor;
    if (idx === null || idx === undefined || left === undefined || left < 0 || this.frame === null) {
      this.options.onCursor(null, 0);
      return;
    }
    const secondsAgo = this.frame.newest - (this.frame.points.seconds[idx] ?? this.frame.newest);
    this.options.onCursor(
      this.rates.map((own) => own[idx] ?? 0),
      secondsAgo,
    );
  }
}

const emptyData = (lines: number): uPlot.AlignedData => [[], ...Array.from({ length: lines }, () => [])];

/** A little air above the highest point, and an axis even if nothing happens. */
const roomAbove = (max: number | null): number => (max === null || !(max > 0) ? 1 : max * 1.08);

const cssOf = (paint: Paint): string => ('property' in paint ? property(paint.property, '#75808f') : paint[themeNow()]);

type Rgb = readonly [red: number, green: number, blue: number];

const cssRgb = ([red, green, blue]: Rgb): string => `rgb(${red} ${green} ${blue})`;

/** Opaque, so that a sum painted over a larger one hides it. */
const mix = (colour: Rgb, panel: Rgb): Rgb => {
  const part = (index: 0 | 1 | 2) => Math.round(colour[index] * FILL_STRENGTH + panel[index] * (1 - FILL_STRENGTH));
  return [part(0), part(1), part(2)];
};
