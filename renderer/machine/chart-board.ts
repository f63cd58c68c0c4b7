/**
 * Draws the charts of one machine: all in the same frame of the browser, from the same points, and only those that can be
 * seen.  A page that is hidden gets no frames, so nothing is drawn there at all.
 */

import type { CounterFeed } from './counter-feed.ts';
import type { Frame, LiveChart } from './live-chart.ts';
import { pointsOf, type Span, spans } from './rates.ts';

/** Of the screen. Smaller steps cost more than three per cent of a core where no graphics card paints (measured). */
const STEP_PIXELS = 2;

export class ChartBoard {
  span: Span = spans[0];
  /** The time at which the person stopped the charts, or null. */
  frozenAt: number | null = null;
  /** Charts, and whether they are in sight. */
  private readonly charts = new Map<LiveChart, boolean>();
  private requested: number | null = null;
  private drawnTo = Number.NEGATIVE_INFINITY;
  private readonly feed: CounterFeed;

  constructor(feed: CounterFeed) {
    this.feed = feed;
  }

  /** Draws after every sample from now on; returns what ends it. */
  start(): () => void {
    const end = this.feed.onSample(() => {
      if (this.frozenAt === null && this.isDue()) this.request();
    });
    this.request();
    return () => {
      end();
      if (this.requested !== null) cancelAnimationFrame(this.requested);
      this.requested = null;
    };
  }

  add(chart: LiveChart): () => void {
    this.charts.set(chart, true);
    this.request();
    return () => void this.charts.delete(chart);
  }

  setInSight(chart: LiveChart, inSight: boolean): void {
    if (!this.charts.has(chart)) return;
    this.charts.set(chart, inSight);
    if (inSight) this.request();
  }

  /** Something but the samples has changed: the span, the size, whether it stands still. */
  request(): void {
    this.requested ??= requestAnimationFrame(() => {
      this.requested = null;
      this.draw();
    });
  }

  /** A frame that would move the lines by less than this is not worth drawing. */
  private isDue(): boolean {
    const width = Math.max(1, ...[...this.charts.keys()].map((chart) => chart.plotWidth));
    return this.feed.history.lastSeconds - this.drawnTo >= (this.span.seconds / width) * STEP_PIXELS * 0.95;
  }

  private draw(): void {
    const { history } = this.feed;
    const newest = this.frozenAt ?? history.lastSeconds;
    if (!Number.isFinite(newest)) return;
    this.drawnTo = newest;
    const frame: Frame = { history, span: this.span, newest, points: pointsOf(history, this.span, newest) };
    for (const [chart, inSight] of this.charts) {
      if (inSight) chart.draw(frame);
    }
  }
}
