/** Does something soon after it was asked for, but never more often than agreed, and never forgets the last time. */

export class Seldom {
  private readonly task: () => void;
  private readonly intervalMs: number;
  private timer: NodeJS.Timeout | null = null;
  private doneAt = Number.NEGATIVE_INFINITY;

  constructor(task: () => void, intervalMs: number) {
    this.task = task;
    this.intervalMs = intervalMs;
  }

  ask(): void {
    const wait = Math.max(0, this.doneAt + this.intervalMs - performance.now());
    this.timer ??= setTimeout(() => this.now(), wait);
  }

  /** At once, whenever the last time was. */
  now(): void {
    this.stop();
    this.doneAt = performance.now();
    this.task();
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }
}
