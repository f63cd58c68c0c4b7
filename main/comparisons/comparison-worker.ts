/**
 * The thread of one side: reads the files, runs the guest slice by slice, tells how far it is, and stops between two
 * slices when asked to.  Its world is its own; the other side may be running beside it on another core.
 */

import { createHash } from 'node:crypto';
import { type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { runSide, type SideRun } from '../../core/launcher/compare.ts';
import { CompareSides } from '../compare-sides.ts';
import { fileError } from '../files.ts';
import { imageProblem, type RunRequest } from '../guest-requests.ts';
import { guestRequestOf } from '../machines/machine-request.ts';
import { ownMistake } from '../run-command.ts';
import { UsageError } from '../usage-error.ts';
import type { FromSide, SideOrder, ToSide } from './side-order.ts';

/** Progress is looked at a few times a second; more would only keep main busy. */
const PROGRESS_MS = 100;

/** Throws UsageError: a pipe in place of a file would keep the thread waiting where nobody can stop it. */
function checkOrdinary(path: string): void {
  let found: Stats;
  try {
    found = statSync(path);
  } catch (error) {
    throw fileError(path, error);
  }
  if (!found.isFile() && !found.isBlockDevice()) throw new UsageError(`${path}: this is no ordinary file`);
}

function requestOf({ guest, budgetInstructions }: SideOrder): RunRequest {
  const { settings, folder } = guest;
  const { image, initrd, disks } = settings;
  const files = [image.kind === 'file' ? image.path : null, initrd, ...disks.map(({ path }) => path)];
  for (const path of files) if (path !== null) checkOrdinary(resolve(folder, path));
  return {
    guests: [guestRequestOf(guest)],
    date: null,
    seed: null,
    reboots: true,
    timeoutSeconds: null,
    budgetInstructions,
    countersFile: null,
    traceFile: null,
    json: false,
    engine: settings.engine,
  };
}

function digestOf({ guests: [{ image, initrd }] }: RunRequest): string {
  const digest = createHash('sha256').update(image.bytes);
  return digest.update(initrd ?? '').digest('hex');
}

/** Null when told to stop. */
async function runOrdered(order: SideOrder, request: RunRequest, line: Line): Promise<SideRun | null> {
  const sides = await CompareSides.open(request, {
    sides: [order.side],
    today: Date.now(),
    report: (_, sentence) => line.say({ kind: 'report', sentence }),
  });
  try {
    const run = runSide(
      order.side,
      sides.options(() => performance.now()),
    );
    let toldAt = Number.NEGATIVE_INFINITY;
    for (;;) {
      const step = run.next();
      if (step.done) return step.value;
      if (performance.now() - toldAt >= PROGRESS_MS) {
        toldAt = performance.now();
        line.say({ kind: 'progress', executedInstructions: step.value.executedInstructions });
      }
      await nextTurn();
      if (line.cancelled) return null;
    }
  } catch (error) {
    throw imageProblem(error, request.guests[0].image.name);
  } finally {
    sides.close();
  }
}

/** The connection to main, and what has come over it. */
interface Line {
  say(message: FromSide, bytes?: Uint8Array): void;
  readonly cancelled: boolean;
}

function openLine(port: MessagePort): Line {
  const line = {
    cancelled: false,
    say(message: FromSide, bytes?: Uint8Array) {
      // What a side printed is an array of its own, never a view of the board's memory, which cannot be given away.
      port.postMessage(message, bytes === undefined ? [] : [bytes.buffer as ArrayBuffer]);
    },
  };
  port.on('message', (message: ToSide) => {
    line.cancelled ||= message === 'cancel';
  });
  return line;
}

async function work(port: MessagePort, order: SideOrder): Promise<void> {
  const line = openLine(port);
  try {
    const request = requestOf(order);
    const run = await runOrdered(order, request, line);
    if (run === null) line.say({ kind: 'cancelled' });
    else line.say({ kind: 'finished', run, digest: digestOf(request) }, run.output);
  } catch (error) {
    const ours = error instanceof UsageError ? error.message : `a mistake of our own: ${ownMistake(error)}`;
    line.say({ kind: 'failed', sentence: ours });
  } finally {
    port.close();
  }
}

// Main starts this file with nothing but an order.
if (parentPort !== null) await work(parentPort, workerData as SideOrder);
