/**
 * The thread of one machine: the program that main runs in a Worker.  Whatever goes wrong here ends this machine with a
 * sentence and nobody else; disks are flushed and given back as long as the thread can do anything at all.
 */

import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { ImageError } from '../../core/launcher/image-error.ts';
import { imageProblem } from '../guest-requests.ts';
import { UsageError } from '../usage-error.ts';
import { type Lent, lend } from './lent.ts';
import { MachineSession } from './machine-session.ts';
import type { Assignment, Ending, Post } from './thread-messages.ts';

if (parentPort === null) throw new Error('this program runs a machine for another and does nothing by itself');
const port = parentPort;
const assignment = workerData as Assignment; // only start-machine.ts starts this

const post: Post = (message, transfer = []) => port.postMessage(message, transfer);
let lent: Lent | null = null;
let session: MachineSession | null = null;

/** Once, and nothing comes after it. */
function end(ending: Ending): never {
  post({ kind: 'end', ending: giveBack(ending), crossings: session?.crossings.recorded ?? [] });
  process.exit(0);
}

/** Disks are flushed; one that complains changes how the run ended. */
function giveBack(ending: Ending): Ending {
  const open = lent;
  lent = null;
  try {
    open?.close();
    return ending;
  } catch (error) {
    return crash(error);
  }
}

function crash(error: unknown): Ending {
  const words = error instanceof Error ? error.message : String(error);
  return { end: 'crashed', reason: `a mistake of our own: ${words}` };
}

/** A person can do something about these. */
function sentenceFor(error: unknown): string | null {
  if (error instanceof UsageError || error instanceof ImageError) return error.message;
  // What WebAssembly.Memory throws when this computer has not got it.
  if (error instanceof RangeError && /memory/i.test(error.message)) {
    return `this computer has no ${assignment.settings.memoryMiB} MiB of memory left for it`;
  }
  return null;
}

async function begin(): Promise<MachineSession> {
  if (assignment.objection !== null) throw new UsageError(assignment.objection);
  lent = await lend(assignment, (sentence) => post({ kind: 'report', sentence }));
  try {
    return new MachineSession(lent, assignment.firstRun, post);
  } catch (error) {
    throw imageProblem(error, lent.guest.image.path);
  }
}

process.on('uncaughtException', (error) => end(crash(error)));

try {
  session = await begin();
} catch (error) {
  const sentence = sentenceFor(error);
  end(sentence === null ? crash(error) : { end: 'could not start', reason: sentence });
}
const { receive } = session;
// What was asked since the thread was started comes before the first slice: a short guest has only one.
for (let early = receiveMessageOnPort(port); early !== undefined; early = receiveMessageOnPort(port)) {
  receive(early.message);
}
port.on('message', receive);
let ending: Ending;
try {
  ending = await session.run();
} catch (error) {
  ending = crash(error);
}
end(ending);
