/** What a machine leaves behind: disks flushed and given back, ports free, and a sentence however badly its thread broke. */

import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LastRun, MachineSettings } from '../../../core/protocol/machines.ts';
import { lockToWrite } from '../../../main/disks/file-lock.ts';
import { openStorage } from '../../../main/disks/open-storage.ts';
import { overlayFile } from '../../../main/library/overlay-file.ts';
import { machineStarter } from '../../../main/machines/start-machine.ts';
import type { StartMachine } from '../../../main/workstation/parts.ts';
import { echoGuest } from '../echo-guest.ts';
import { WRITTEN, writingGuest } from './guests.ts';
import { builtStarter, StartedMachine } from './started-machine.ts';

const SECTOR = 512;
let startMachine: StartMachine;
let folder: string;
let disk: string;
let port: number;

beforeAll(async () => {
  startMachine = builtStarter();
  port = await listenOn(0);
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'astride-test-'));
  disk = join(folder, 'disk');
  writeFileSync(disk, new Uint8Array(8 * SECTOR));
  writeFileSync(join(folder, 'writes'), writingGuest());
  writeFileSync(join(folder, 'echo'), echoGuest());
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Listens for a moment; answers where. */
function listenOn(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

const start = (changes: Partial<MachineSettings>, id = 'one') =>
  new StartedMachine(startMachine, { devices: 'bus', memoryMiB: 4, ...changes }, { id, folder });
const kernel = (path: string): Partial<MachineSettings> => ({ image: { kind: 'file', path } });
const withDisk = (access: MachineSettings['disks'][number]['access'], path = 'disk'): Partial<MachineSettings> => ({
  disks: [{ path, access }],
});

/** The first byte of what the guests here write, as the next machine would find it. */
function secondSector(overlay: string): number {
  const storage = openStorage({ path: disk, mode: 'overlay', overlay }, false);
  const sector = new Uint8Array(SECTOR);
  storage.read(SECTOR, sector);
  storage.close();
  return sector[0];
}

describe('powering off', () => {
  test('makes safe what a guest wrote, in an overlay in the folder of the machine', async () => {
    const writes = start({ ...kernel('writes'), ...withDisk('overlay') });
    const overlay = overlayFile(folder, 'disk');
    await writes.until(() => writes.text === 'written\n');
    expect(existsSync(`${overlay}.lock`)).toBe(true);
    writes.machine.powerOff();
    expect(await writes.end()).toMatchObject({ end: 'stopped' });
    expect(secondSector(overlay)).toBe(WRITTEN);
    expect(readdirSync(folder).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  test('gives a port back, and ends the thread', async () => {
    const forwards = [{ hostPort: port, guestPort: 80 }];
    const echo = start({ ...kernel('echo'), networks: [{ kind: 'user', forwards }] });
    await echo.until(() => echo.state === 'running');
    await expect(listenOn(port)).rejects.toThrow(/EADDRINUSE/);
    echo.machine.powerOff();
    await echo.end();
    expect(await listenOn(port)).toBe(port);
  });

  test('may be asked for twice, and at any time', async () => {
    const echo = start(kernel('echo'));
    echo.machine.powerOff();
    echo.machine.powerOff();
    expect(await echo.end()).toMatchObject({ end: 'stopped' });
    echo.machine.powerOff();
    echo.machine.pause();
    expect(echo.ends).toHaveLength(1);
  });
});

describe('a machine that cannot start says why', () => {
  test.each<[string, Partial<MachineSettings>, RegExp]>([
    ['a kernel that is not there', kernel('nowhere'), /nowhere: there is no such file$/],
    ['a kernel that is none', kernel('disk'), /disk: the file is neither an ELF executable nor a bzImage$/],
    ['a sample that is not there', { image: { kind: 'sample', name: 'bye' } }, /no sample guest called "bye"$/],
    ['an initrd that is not there', { initrd: 'nowhere' }, /nowhere: there is no such file$/],
    ['a disk that is not there', withDisk('write', 'nowhere'), /nowhere: there is no such file$/],
    ['a disk that is no disk', withDisk('read only', 'writes'), /whole sectors/],
  ])('%s', async (_, changes, reason) => {
    const machine = start(changes);
    expect(await machine.end()).toMatchObject({ end: 'could not start', reason: expect.stringMatching(reason) });
    expect(machine.states.map(({ is }) => is)).toEqual(['starting', 'ended']);
    expect(readdirSync(folder).filter((name) => name.endsWith('.lock'))).toEqual([]);
  });

  test('a port that is taken', async () => {
    const networks: MachineSettings['networks'] = [{ kind: 'user', forwards: [{ hostPort: port, guestPort: 80 }] }];
    const first = start({ ...kernel('echo'), networks });
    await first.until(() => first.state === 'running');
    const second = start({ ...kernel('echo'), networks }, 'two');
    expect(await second.end()).toMatchObject({ end: 'could not start', reason: expect.stringContaining(`${port}`) });
    first.machine.powerOff();
    await first.end();
  });

  test('a disk that another machine uses otherwise than by reading too', async () => {
    const reader = start({ ...kernel('echo'), ...withDisk('read only') }, 'reader');
    const writer = start({ ...kernel('echo'), ...withDisk('write') }, 'writer');
    expect(await writer.end()).toMatchObject({
      end: 'could not start',
      reason: `${disk}: another machine that runs is reading it; make it read only or an overlay here`,
    });
    const beside = start({ ...kernel('echo'), ...withDisk('overlay') }, 'beside');
    await beside.until(() => beside.state === 'running');
    for (const { machine } of [reader, beside]) machine.powerOff();
    await Promise.all([reader.end(), beside.end()]);
    const alone = start({ ...kernel('echo'), ...withDisk('write') }, 'writer');
    await alone.until(() => alone.state === 'running');
    alone.machine.powerOff();
    await alone.end();
  });
});

describe('a thread that breaks', () => {
  /** Runs this in place of a machine. */
  const broken = (program: string) => {
    const url = new URL(`data:text/javascript,${encodeURIComponent(program)}`);
    return new StartedMachine(machineStarter(url), withDisk('write'), { folder });
  };
  const crash = (reason: string): Partial<LastRun> => ({ end: 'crashed', reason });

  test.each([
    ['by an exception', `throw new Error('the roof fell in')`, 'a mistake of our own: the roof fell in'],
    ['later', `setTimeout(() => { throw new Error('late') }, 50)`, 'a mistake of our own: late'],
    ['without a word', `process.exit(3)`, 'its thread ended without a word'],
  ])('%s is a machine that crashed', async (_, program, reason) => {
    const machine = broken(program);
    expect(await machine.end()).toMatchObject(crash(reason));
    expect(machine.ends).toHaveLength(1);
  });

  test('for want of memory ends alone', async () => {
    const neighbour = start({ image: { kind: 'sample', name: 'faults' }, commandLine: 'pages=2000' });
    const machine = broken('const all = []; for (;;) all.push(new Array(1_000_000).fill(all.length + 0.5));');
    expect(await machine.end()).toMatchObject(crash('its thread ran out of memory'));
    expect(await neighbour.end()).toMatchObject({ end: 'powered off' });
  }, 120_000);

  test('in the middle of its work still makes safe what its guest wrote', async () => {
    const marker = join(folder, 'now');
    const program = `
      import { existsSync } from 'node:fs';
      const timer = setInterval(() => {
        if (!existsSync(${JSON.stringify(marker)})) return;
        clearInterval(timer);
        throw new Error('a bug');
      }, 10);
      await import(${JSON.stringify(new URL('../../../out/machine-worker.mjs', import.meta.url).href)});`;
    const starter = machineStarter(new URL(`data:text/javascript,${encodeURIComponent(program)}`));
    const settings = { devices: 'bus' as const, memoryMiB: 4, ...kernel('writes'), ...withDisk('overlay') };
    const writes = new StartedMachine(starter, settings, { folder });
    await writes.until(() => writes.text === 'written\n');
    writeFileSync(marker, '');
    expect(await writes.end()).toMatchObject(crash('a mistake of our own: a bug'));
    expect(secondSector(overlayFile(folder, 'disk'))).toBe(WRITTEN);
  });

  test('leaves locks that do not stay', async () => {
    lockToWrite(disk); // as if by that thread: it never gives it back
    await broken('process.exit(1)').end();
    expect(existsSync(`${disk}.lock`)).toBe(false);
  });

  test('answers no more, and is ended when that has lasted too long', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const machine = broken('setInterval(() => {}, 1000)');
      machine.machine.powerOff();
      vi.advanceTimersByTime(60_000);
      const reason = 'it was powered off by hand, and did not answer any more';
      expect(await machine.end()).toMatchObject({ end: 'stopped', reason });
    } finally {
      vi.useRealTimers();
    }
  });

  test('answers questions that were asked of it', async () => {
    const machine = broken('setTimeout(() => process.exit(1), 50)');
    expect(await machine.machine.readCrossings(10)).toEqual([]);
    await expect(machine.machine.readCrossing(3)).rejects.toThrow('crossing 3 was not recorded');
  });
});
