import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { requests } from '../../../core/protocol/requests.ts';
import { allAnswers } from '../../../main/workstation/all-answers.ts';
import { createWorkstation } from '../../../main/workstation/create-workstation.ts';
import { fakeThreads } from './fake-machine.ts';
import { eventually, open, TestWindow, temporaryFolder, workstationWithWindow } from './test-window.ts';

describe('the first start', () => {
  test('offers the sample guests, ready to run', async () => {
    const { window } = await workstationWithWindow();
    const machines = await window.ask('library.list', {});
    expect(machines.map(({ settings }) => settings?.image)).toEqual([
      { kind: 'sample', name: 'hello' },
      { kind: 'sample', name: 'faults' },
      { kind: 'sample', name: 'trouble' },
      { kind: 'sample', name: 'puppy' },
    ]);
    expect(machines.every(({ damaged, state }) => damaged === null && state.is === 'stopped')).toBe(true);
  });

  test('happens once: a deleted sample stays deleted', async () => {
    const { window, idOf, dataFolder, workstation } = await workstationWithWindow();
    await window.ask('library.delete', { id: await idOf('hello') });
    await workstation.close();
    const again = new TestWindow(await open(dataFolder));
    expect((await again.ask('library.list', {})).map(({ settings }) => settings?.name)).toEqual([
      'faults',
      'trouble',
      'puppy',
    ]);
  });
});

describe('one data folder', () => {
  test('belongs to one Astride at a time', async () => {
    const { dataFolder, workstation } = await workstationWithWindow();
    await expect(open(dataFolder)).rejects.toThrow(
      `${dataFolder} is in use by another Astride (process ${process.pid})`,
    );
    await workstation.close();
    await expect(open(dataFolder)).resolves.toBeDefined();
  });

  test('is free again when its Astride was killed', async () => {
    const dataFolder = await temporaryFolder();
    const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)']);
    await once(child.stdout, 'data');
    const began =
      (await readFile(`/proc/${child.pid}/stat`, 'utf8').catch(() => ')')).split(') ')[1]?.split(' ')[19] ?? '';
    await writeFile(join(dataFolder, 'astride.lock'), `${child.pid} ${began}`);
    await expect(open(dataFolder)).rejects.toThrow(`process ${child.pid}`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await expect(open(dataFolder)).resolves.toBeDefined();
  });

  test('that cannot be made is a sentence', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), '');
    const options = { front: 'browser', version: '0', startMachine: fakeThreads().startMachine } as const;
    await expect(createWorkstation({ ...options, dataFolder: join(folder, 'file', 'data') })).rejects.toThrow(
      'a part of the path is not a folder',
    );
  });
});

describe('the table of requests', () => {
  test('has one answer to each', () => {
    const answer = () => null;
    const chapters: Record<string, Record<string, unknown>> = {};
    for (const method of Object.keys(requests)) {
      const [chapter] = method.split('.');
      chapters[chapter] = { ...chapters[chapter], [method]: answer };
    }
    // Wrong on purpose below, where the compiler would not have let us.
    type Chapters = Parameters<typeof allAnswers>[0];
    const join = (changed: object) => allAnswers({ ...chapters, ...changed } as Chapters);
    expect(Object.keys(join({})).sort()).toEqual(Object.keys(requests).sort());
    expect(() => join({ counters: {} })).toThrow('counters.watch');
    expect(() => join({ app: { ...chapters.app, 'counters.watch': answer } })).toThrow();
    expect(() => join({ app: { ...chapters.app, 'app.format': answer } })).toThrow('app.format');
  });
});

describe('preferences', () => {
  const preferred = {
    theme: 'dark',
    consoleFontSize: 16,
    scrollbackLines: 500,
    confirmClose: false,
    samplesPerSecond: 2,
  } as const;

  test('are kept, and told to every window', async () => {
    const { window, workstation, dataFolder } = await workstationWithWindow();
    const other = new TestWindow(workstation);
    await window.ask('app.prefer', preferred);
    expect(other.events('preferences')).toEqual([preferred]);
    await workstation.close();
    expect(await new TestWindow(await open(dataFolder)).ask('app.preferences', {})).toEqual(preferred);
  });

  test('that are damaged are replaced one by one, or all if need be', async () => {
    const dataFolder = await temporaryFolder();
    await writeFile(join(dataFolder, 'preferences.json'), JSON.stringify({ ...preferred, theme: 'purple', odd: 1 }));
    const first = await open(dataFolder);
    expect(await new TestWindow(first).ask('app.preferences', {})).toEqual({ ...preferred, theme: 'system' });
    await first.close();
    await writeFile(join(dataFolder, 'preferences.json'), '{"theme":"dark",');
    const window = new TestWindow(await open(dataFolder));
    expect((await window.ask('app.preferences', {})).theme).toBe('system');
    const log = await window.ask('app.log', {});
    expect(log.at(-1)?.sentence).toContain('preferences.json cannot be read');
  });
});

describe('a window', () => {
  test('is told who answers it', async () => {
    const { window, dataFolder } = await workstationWithWindow();
    const about = await window.ask('app.about', {});
    expect(about).toMatchObject({ version: '0.0.0', front: 'browser', dataFolder });
    expect(about.platform).toContain('Node');
  });

  test('of a browser is not asked for files; another is', async () => {
    const { window, workstation } = await workstationWithWindow();
    const choice = { purpose: 'kernel', suggestedName: '' } as const;
    await expect(window.ask('app.chooseFile', choice)).rejects.toThrow('type the path');
    const desktop = Object.assign(new TestWindow(workstation), { chooseFile: async () => '/chosen' });
    expect(await desktop.ask('app.chooseFile', choice)).toBe('/chosen');
  });

  test('that is closed is told nothing, and asks nothing', async () => {
    const { window, workstation, machines, idOf } = await workstationWithWindow();
    const closed = new TestWindow(workstation);
    const id = await idOf('hello');
    closed.close();
    closed.receive({ kind: 'request', number: 0, method: 'machine.start', argument: { id } });
    await window.ask('app.log', {});
    expect(machines).toEqual([]);
    expect(closed.told).toEqual([]);
  });

  test('that throws when told something disturbs nobody', async () => {
    const { window, workstation, idOf } = await workstationWithWindow();
    const broken = workstation.connect({
      send() {
        throw new Error('the pipe is broken');
      },
    });
    broken.receive({ kind: 'request', number: 0, method: 'library.list', argument: {} });
    await window.ask('library.clone', { id: await idOf('hello') });
    const lists = await eventually(
      () => window.events('library'),
      (all) => all.length > 0,
    );
    expect(lists.at(-1)).toHaveLength(5);
  });
});

test('the log survives', async () => {
  const { window, workstation, dataFolder } = await workstationWithWindow();
  workstation.log('warning', 'some-id', 'a page\twith the wrong\ntoken knocked');
  expect(window.events('log')).toHaveLength(1);
  await workstation.close();
  const again = new TestWindow(await open(dataFolder));
  expect(await again.ask('app.log', {})).toMatchObject([
    { level: 'warning', machine: 'some-id', sentence: 'a page with the wrong token knocked' },
  ]);
});
