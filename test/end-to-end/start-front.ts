/** The web front as a person starts it, in a process of its own, with an address read from the one line it prints. */

import { type ChildProcess, spawn } from 'node:child_process';
import { projectRoot } from '../../scripts/tree.ts';

export interface Front {
  /** 'http://127.0.0.1:PORT/#token=…' */
  readonly address: string;
  /** What it said on stderr. */
  readonly said: () => string;
  /** Asks it to end, and waits until all of it has. */
  stop(): Promise<void>;
}

/** A first start also builds. */
const START_LIMIT_MS = 180_000;
const STOP_LIMIT_MS = 30_000;

export async function startFront(dataFolder: string): Promise<Front> {
  const words = ['start', '--silent', '--', '--web', '--no-open', '--data', dataFolder];
  // In a group of its own: npm, its shell and the app all have to be told.
  const child = spawn('npm', words, { cwd: projectRoot, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  const stop = () => stopGroup(child, ended);
  try {
    const address = await addressFrom(child, () => said);
    return { address, said: () => said, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function addressFrom(child: ChildProcess, said: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (how: string) => reject(new Error(`the web front ${how}; it said: ${said()}`));
    const limit = setTimeout(() => fail('gave no address in time'), START_LIMIT_MS);
    let printed = '';
    child.stdout?.on('data', (text) => {
      printed += text;
      const address = /http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+/.exec(printed)?.[0];
      if (address === undefined) return;
      clearTimeout(limit);
      resolve(address);
    });
    child.on('close', () => {
      clearTimeout(limit);
      fail('ended without an address');
    });
  });
}

async function stopGroup(child: ChildProcess, ended: Promise<void>): Promise<void> {
  const kill = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // There is nobody left to be told.
    }
  };
  let hung = false;
  const limit = setTimeout(() => {
    hung = true;
    kill('SIGKILL');
  }, STOP_LIMIT_MS);
  kill('SIGTERM');
  await ended;
  clearTimeout(limit);
  if (hung) throw new Error('the web front did not end when asked to');
}
