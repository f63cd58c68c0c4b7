/** A keyboard, a screen and a clock for a command that runs in the test's own process. */

import { PassThrough, Writable } from 'node:stream';
import type { CommandIo } from '../../main/command-io.ts';
import { runCommand } from '../../main/run-command.ts';

class Screen extends Writable {
  text = '';
  isTTY = false;
  columns = 80;
  rows = 25;
  /** A slow one takes its time for every write, a stuck one takes for ever. */
  pace: 'quick' | 'slow' | 'stuck' = 'quick';
  onText: (text: string) => void = () => {};

  constructor() {
    super({ highWaterMark: 64 });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString('latin1');
    this.onText(this.text);
    if (this.pace === 'quick') done();
    else if (this.pace === 'slow') setImmediate(done);
  }
}

export class FakeIo implements CommandIo {
  readonly stdin: PassThrough & { isTTY?: boolean; setRawMode?(raw: boolean): unknown } = new PassThrough();
  readonly stdout = new Screen();
  readonly stderr = new Screen();
  /** Every change of the terminal's mode. */
  readonly rawModes: boolean[] = [];
  /** What would be done, should the program end now. */
  readonly lastTasks = new Set<() => void>();
  /** Milliseconds since 1970. */
  todayMs = Date.UTC(2026, 0, 1);
  /** Milliseconds slept, in all. */
  sleptMs = 0;
  /** By how much the clock goes on by itself whenever it is read. */
  tickMs = 1;
  elapsedMs = 0;
  /** At the processor's clock. */
  looks = 0;

  /** A terminal rather than a pipe. */
  asTerminal(): this {
    this.stdin.isTTY = true;
    this.stdin.setRawMode = (raw) => this.rawModes.push(raw);
    return this;
  }

  /** Nothing (more) will be typed. */
  withoutInput(): this {
    this.stdin.end();
    return this;
  }

  /** Goes on a little by itself, or a loop that waits for it would never end. */
  now = () => {
    this.elapsedMs += this.tickMs;
    return this.elapsedMs;
  };

  date = () => this.todayMs;

  /** Every look at it costs a second, and half a second elsewhere. */
  processorTime = () => {
    this.looks++;
    return { mainSeconds: this.looks, otherSeconds: this.looks / 2 };
  };

  atExit(task: () => void) {
    this.lastTasks.add(task);
    return { undo: () => this.lastTasks.delete(task) };
  }

  sleep = async (ms: number, wake: AbortSignal) => {
    await this.breathe();
    if (wake.aborted) return;
    this.elapsedMs += ms;
    this.sleptMs += ms;
  };

  breathe = () => new Promise<void>((resolve) => setImmediate(resolve));
}

/** Runs a command line with nothing typed and says what came of it. */
export async function run(...argv: string[]): Promise<{ code: number; out: string; err: string; io: FakeIo }> {
  const io = new FakeIo().withoutInput();
  const code = await runCommand(argv, io);
  return { code, out: io.stdout.text, err: io.stderr.text, io };
}
