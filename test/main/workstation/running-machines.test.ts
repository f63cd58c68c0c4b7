import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CounterSample } from '../../../core/protocol/counting.ts';
import { eventually, open, settled, started, TestWindow, workstationWithWindow } from './test-window.ts';

describe('a machine', () => {
  test('is started with what was chosen', async () => {
    const { machine, id, dataFolder, view } = await started('faults');
    expect(machine.start.settings.commandLine).toContain('pattern=touch');
    expect(machine.start.folder).toBe(join(dataFolder, 'machines', id));
    expect((await view()).state).toEqual({ is: 'running' });
  });

  test('is paused, resumed, reset and powered off', async () => {
    const { window, machine, id, view, workstation } = await started();
    await window.ask('machine.pause', { id });
    expect((await view()).state).toEqual({ is: 'paused' });
    await window.ask('machine.resume', { id });
    await window.ask('machine.reset', { id });
    await window.ask('machine.type', { id, bytes: new Uint8Array([104, 105]) });
    await window.ask('machine.resizeConsole', { id, columns: 100, rows: 30 });
    expect(workstation.running).toBe(1);
    await window.ask('machine.powerOff', { id });
    expect(machine.orders).toEqual(['pause', 'resume', 'reset', 'console 100x30', 'power off']);
    expect([...machine.typed[0]]).toEqual([104, 105]);
    expect((await view()).state).toEqual({ is: 'stopped' });
    expect(workstation.running).toBe(0);
  });

  test('that runs is not started, that does not is not ordered about', async () => {
    const { window, id, machine } = await started();
    await expect(window.ask('machine.start', { id })).rejects.toThrow('this machine runs already');
    machine.end('powered off', '');
    for (const method of ['pause', 'resume', 'reset', 'powerOff'] as const) {
      await expect(window.ask(`machine.${method}`, { id })).rejects.toThrow('this machine is not running');
    }
    await expect(window.ask('machine.type', { id, bytes: new Uint8Array(1) })).rejects.toThrow('not running');
  });

  test('shows how it ended, also after the next start of Astride', async () => {
    const { id, machine, view, workstation, dataFolder, window } = await started('trouble');
    machine.end('killed', 'the guest tried to map 0xffc00000, where the Switcher lives');
    const reason = 'the guest tried to map 0xffc00000, where the Switcher lives';
    expect((await view()).state).toEqual({ is: 'ended', end: 'killed', reason });
    await eventually(view, ({ lastRun }) => lastRun?.end === 'killed');
    expect(window.events('log').at(-1)).toMatchObject({
      level: 'warning',
      machine: id,
      sentence: `it was killed: ${reason}`,
    });
    await workstation.close();
    const [, , again] = await new TestWindow(await open(dataFolder)).ask('library.list', {});
    expect(again).toMatchObject({ id, state: { is: 'stopped' }, lastRun: { end: 'killed', reason, seconds: 3 } });
  });

  test('whose Astride is killed says so afterwards, and the run before it until then', async () => {
    const { id, view, machine, window, dataFolder } = await started();
    machine.end('powered off', '');
    await eventually(view, ({ lastRun }) => lastRun?.end === 'powered off');
    await window.ask('machine.start', { id });
    const file = join(dataFolder, 'machines', id, 'machine.json');
    await eventually(
      async () => JSON.parse(await readFile(file, 'utf8')).lastRun.reason,
      (reason) => reason === 'Astride ended while it ran',
    );
    expect((await view()).lastRun?.end).toBe('powered off');
  });

  test('starts again after a crash, once the old thread is gone', async () => {
    const { window, machine, machines, id, view } = await started();
    machine.end('crashed', 'out of memory', false);
    expect((await view()).state).toMatchObject({ is: 'ended', end: 'crashed' });
    const start = window.ask('machine.start', { id });
    await settled();
    expect((await view()).state).toEqual({ is: 'starting' });
    expect(machines).toHaveLength(1);
    machine.go();
    await start;
    expect(machines).toHaveLength(2);
    expect((await view()).state).toEqual({ is: 'running' });
    // Late words of the old thread are not the new one's.
    machine.listener.onState({ is: 'paused' });
    machine.end('killed', 'too late');
    expect((await view()).state).toEqual({ is: 'running' });
  });

  test('that waits for its old thread can be called off', async () => {
    const { window, machine, machines, id, view } = await started();
    machine.end('crashed', '', false);
    const start = window.ask('machine.start', { id });
    await window.ask('machine.powerOff', { id });
    machine.go();
    await start;
    expect(machines).toHaveLength(1);
    expect((await view()).state).toEqual({ is: 'stopped' });
  });

  test('that ended long-windedly and before it began is written down all the same', async () => {
    const { machine, view, workstation, dataFolder } = await started();
    const run = { startedAt: '2026-11-22T10:00:00.000Z', end: 'killed', reason: 'x'.repeat(5000) } as const;
    machine.listener.onEnd({ ...run, seconds: -Number.NaN });
    machine.go();
    await eventually(view, ({ lastRun }) => lastRun?.end === 'killed');
    await workstation.close();
    const again = new TestWindow(await open(dataFolder));
    expect((await again.ask('library.list', {}))[0]).toMatchObject({
      damaged: null,
      lastRun: { end: 'killed', seconds: 0 },
    });
  });

  test('whose thread ends without a word has crashed', async () => {
    const { machine, view } = await started();
    machine.go();
    await eventually(view, ({ state }) => state.is === 'ended' && state.end === 'crashed');
  });

  test('that cannot be started is a sentence, and can be tried again', async () => {
    const { window, idOf } = await workstationWithWindow({
      startMachine() {
        throw new Error('there is no room for another thread');
      },
    });
    const id = await idOf('hello');
    for (let attempt = 0; attempt < 2; attempt++) {
      await expect(window.ask('machine.start', { id })).rejects.toThrow('there is no room for another thread');
    }
    expect((await window.ask('library.list', {}))[0].state).toMatchObject({ is: 'ended', end: 'could not start' });
  });

  test('ends with its workstation, which waits for it', async () => {
    const { machine, machines, workstation, window, idOf } = await started();
    await window.ask('machine.start', { id: await idOf('faults') });
    await workstation.close();
    expect([machine.orders, machines[1].orders]).toEqual([['power off'], ['power off']]);
  });

  test('does not fill the log with its reports', async () => {
    const { machine, window } = await started();
    for (let count = 0; count < 1000; count++) machine.listener.onReport(`ring ${count} is broken`);
    expect(window.events('log').length).toBeLessThan(30);
  });
});

describe('the fast path', () => {
  test('is flipped on a running machine and remembered', async () => {
    const { window, id, machine, view } = await started();
    await window.ask('machine.fastPath', { id, on: true });
    expect(machine.orders).toContain('fast path true');
    expect(await view()).toMatchObject({ settings: { fastPath: true }, needsRestart: [] });
  });
});

describe('settings changed while it runs', () => {
  test('are marked where they need a restart', async () => {
    const { window, id, view, machine, machines } = await started();
    const { settings } = await view();
    const changed = {
      ...settings!,
      name: 'greeting',
      notes: 'new',
      memoryMiB: 128,
      commandLine: 'quiet',
      fastPath: true,
    };
    const edited = await window.ask('library.edit', { id, settings: changed });
    expect(edited.needsRestart).toEqual(['commandLine', 'memoryMiB']);
    expect(machine.orders).toContain('fast path true');
    await window.ask('machine.powerOff', { id });
    expect((await view()).needsRestart).toEqual([]);
    await window.ask('machine.start', { id });
    expect((await view()).needsRestart).toEqual([]);
    expect(machines[1].start.settings.memoryMiB).toBe(128);
  });
});

describe('counters', () => {
  const sample = (wallMs: number) => ({ wallMs }) as CounterSample; // the router looks into none

  test('go to those who watch, as often as they prefer', async () => {
    const { window, workstation, id, machine } = await started();
    const other = new TestWindow(workstation);
    await window.ask('counters.watch', { id, on: true });
    machine.listener.onSample(sample(1));
    await other.ask('counters.watch', { id, on: true });
    const preferred = await window.ask('app.preferences', {});
    await window.ask('app.prefer', { ...preferred, samplesPerSecond: 2 });
    await window.ask('counters.watch', { id, on: false });
    machine.listener.onSample(sample(2));
    other.close();
    machine.listener.onSample(sample(3));
    expect(window.events('counters').map(({ wallMs }) => wallMs)).toEqual([1]);
    expect(other.events('counters')).toEqual([{ id, wallMs: 2 }]);
    expect(machine.orders).toEqual(['watch 10', 'watch 10', 'watch 2', 'watch 2', 'watch null']);
  });

  test('are watched on across runs, as are crossings', async () => {
    const { window, id, machine, machines } = await started();
    await window.ask('counters.watch', { id, on: true });
    await window.ask('crossings.record', { id, on: true });
    machine.end('powered off', '');
    await window.ask('machine.start', { id });
    expect(machines[1].orders).toEqual(['watch 10', 'record true']);
    window.close();
    expect(machines[1].orders.slice(2)).toEqual(['record false', 'watch null']);
  });
});
