/** Comparisons as the window gets them: real guests in real threads, kept in real files. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MachineSettings } from '../../../core/protocol/machines.ts';
import { run } from '../fake-io.ts';
import { buildWorker, Desk, desktop, faults, idOf, resultOf, trouble } from './comparison-desk.ts';

const PAGES = 300;
const touch = { subject: faults, workload: `pattern=touch pages=${PAGES}` };
/** Long enough that nothing of it ends while a test looks. */
const endless = { subject: faults, workload: 'pattern=touch pages=10000 rounds=100000' };

let worker: URL;
let desk: Desk;

beforeAll(() => {
  worker = buildWorker();
}, 120_000);
beforeEach(async () => {
  desk = await new Desk().open(worker);
});
afterEach(() => desk.remove());

describe('a comparison of faults', () => {
  test('has two round trips a fault become one, and the same numbers as the command line', async () => {
    const result = resultOf(await desk.settled(await desk.start(touch)));
    expect(result.off.roundTripsPerUserFault).toBeCloseTo(2, 1);
    expect(result.on.roundTripsPerUserFault).toBeCloseTo(1, 1);
    expect(result.identicalOutput).toBe(true);
    expect(result).toMatchObject({ version: 1, sideBySide: true, title: `faults, ${touch.workload}, 64 MiB` });
    expect([result.off.end, result.on.end]).toEqual(['powered off', 'powered off']);
    const { out } = await run('compare', 'faults', '--append', touch.workload, '--json');
    const { off, on, addedLines, gains } = JSON.parse(out);
    for (const [ours, theirs] of [
      [result.off, off],
      [result.on, on],
    ]) {
      expect(theirs).toMatchObject(ours.counters);
      expect(theirs.roundTripsByCause).toEqual(ours.tallies.roundTrips);
      expect(theirs.handedOnByReason).toEqual(ours.tallies.handedOn);
    }
    expect(result.addedLines).toBe(addedLines);
    expect(result.saved.modelledCycles).toBeCloseTo(gains.modelledCycles.percent, 10);
    const table = await run('compare', 'faults', '--append', touch.workload);
    expect(table.out.replaceAll('\n', ' ')).toContain(result.verdict);
  });

  test('runs one side after the other on a computer with one core, with the same outcome', async () => {
    const both = resultOf(await desk.settled(await desk.start(touch)));
    await desk.close();
    await desk.open(worker, 1);
    const id = await desk.start(touch);
    const alone = resultOf(await desk.settled(id));
    expect(alone.sideBySide).toBe(false);
    expect(alone.off.counters).toEqual(both.off.counters);
    expect(alone.on.counters).toEqual(both.on.counters);
    const views = desk.told.flat().filter((view) => view.is === 'under way' && view.comparison === id);
    const pairs = views.flatMap((view) => (view.is === 'under way' ? [view.progress.map(({ done }) => done)] : []));
    for (const pair of pairs) expect([[], [false], [true], [true, false], [true, true]]).toContainEqual(pair);
  });

  test('stops at its budget, and says that these are numbers of a part', async () => {
    const id = await desk.start({ ...endless, budgetInstructions: 600_000 });
    const { off, on } = resultOf(await desk.settled(id));
    for (const side of [off, on]) {
      expect(side).toMatchObject({ cameToItsEnd: false, end: 'stopped: its budget of instructions was spent' });
    }
  });

  test('of a guest that is killed tells the reason of both sides', async () => {
    const id = await desk.start({ subject: trouble, workload: 'mode=unknown-hypercall' });
    const { off, on, identicalOutput } = resultOf(await desk.settled(id));
    for (const side of [off, on]) expect(side.end).toMatch(/^killed: .*0x63/);
    expect([off.cameToItsEnd, on.cameToItsEnd, identicalOutput]).toEqual([false, false, true]);
  });
});

describe('while it is under way', () => {
  test('nobody claims to know how long it takes, until somebody does', async () => {
    const first = await desk.begun(await desk.start(endless));
    if (first.is !== 'under way') throw new Error('it ended');
    for (const side of first.progress) expect(side).toMatchObject({ expectedInstructions: null, share: null });
    await desk.cancel(first.comparison);
    const known = resultOf(await desk.settled(await desk.start(touch)));
    const again = await desk.begun(await desk.start(touch));
    if (again.is !== 'under way') throw new Error('it ended');
    const { guestInstructions, switcherInstructions } = known.off.counters;
    expect(again.progress[0].expectedInstructions).toBe(guestInstructions + switcherInstructions);
  });

  test('cancelling takes it off the list at once, and the next one has its turn', async () => {
    const id = await desk.start(endless);
    const next = await desk.start(touch);
    await desk.begun(id);
    expect((await desk.list()).map(idOf)).toEqual([id, next]);
    await desk.cancel(id);
    expect((await desk.list()).map(idOf)).toEqual([next]);
    await expect(desk.cancel(id)).rejects.toThrow('not under way');
    expect(resultOf(await desk.settled(next)).off.counters.userPageFaults).toBe(PAGES);
    expect(readdirSync(desk.folder)).toEqual([`${next}.json`]);
  });

  test('one that waits is cancelled without ever having run', async () => {
    const [first, second] = [await desk.start(endless), await desk.start(touch)];
    await desk.cancel(second);
    await desk.cancel(first);
    expect(await desk.list()).toEqual([]);
  });

  test('closing ends it and leaves nothing behind', async () => {
    await desk.begun(await desk.start(endless));
    await desk.close();
    expect(readdirSync(desk.folder)).toEqual([]);
  });
});

describe('what cannot be compared', () => {
  const settings: MachineSettings = {
    name: 'mine',
    notes: '',
    image: { kind: 'sample', name: 'faults' },
    initrd: null,
    commandLine: 'pattern=touch',
    memoryMiB: 32,
    disks: [],
    networks: [],
    entropy: true,
    devices: 'auto',
    fastPath: true,
    engine: 'translator',
  };
  const machine = { kind: 'machine', id: 'mine-1' } as const;

  test('a machine is compared as the library has it, the workload added', async () => {
    desk.machine = () => ({ settings, folder: desk.folder });
    const result = resultOf(await desk.settled(await desk.start({ subject: machine, workload: 'pages=50' })));
    expect(result.title).toBe('mine, pattern=touch pages=50, 32 MiB');
    expect(result.off.counters.userPageFaults).toBe(50);
  });

  test('a network that leads outside is refused with a sentence', async () => {
    const networks: MachineSettings['networks'] = [{ kind: 'user', forwards: [] }];
    desk.machine = () => ({ settings: { ...settings, networks }, folder: desk.folder });
    await expect(desk.start({ subject: machine })).rejects.toThrow(
      /"mine" has a network card .* put the card at a hub/,
    );
    expect(await desk.list()).toEqual([]);
  });

  test('a sample that does not exist is not taken for a file', async () => {
    const subject = { kind: 'sample', name: '/etc/hostname' } as const;
    await expect(desk.start({ subject })).rejects.toThrow('no sample guest called "/etc/hostname"');
  });

  test('a kernel that is missing, or is none, is a failure with a reason, and can be deleted', async () => {
    writeFileSync(join(desk.folder, 'kernel'), 'not a kernel');
    for (const [path, reason] of [
      ['nowhere', /nowhere: there is no such file/],
      ['kernel', /^mine: /],
      ['.', /this is no ordinary file/],
    ] as const) {
      desk.machine = () => ({ settings: { ...settings, image: { kind: 'file', path } }, folder: desk.folder });
      const view = await desk.settled(await desk.start({ subject: machine }));
      expect(view).toMatchObject({ is: 'failed', reason: expect.stringMatching(reason) });
      expect(desk.log.at(-1)).toMatchObject({ level: 'error', sentence: expect.stringMatching(/mine/) });
      await desk.delete(idOf(view));
    }
    expect(await desk.list()).toEqual([]);
  });
});

test('a thread that cannot even start is a failure, and the next comparison has its turn', async () => {
  await desk.close();
  await desk.open(new URL('file:///nowhere/worker.mjs'));
  const [first, second] = [await desk.start(touch), await desk.start(touch)];
  for (const id of [first, second]) {
    expect(await desk.settled(id)).toMatchObject({ is: 'failed', reason: expect.stringMatching(/thread .* broke/) });
  }
  expect(readdirSync(desk.folder)).toEqual([]);
});

test('several wait for each other and keep their order', async () => {
  const ids = [await desk.start(touch), await desk.start({ ...touch, memoryMiB: 8 }), await desk.start(touch)];
  for (const id of ids) await desk.settled(id);
  expect((await desk.list()).map(idOf)).toEqual([...ids].reverse());
  for (const views of desk.told) {
    const begun = views.filter((view) => view.is === 'under way' && view.progress.length > 0);
    expect(begun.length).toBeLessThanOrEqual(1);
  }
});

describe('what is kept', () => {
  test('is there after a restart, until it is deleted', async () => {
    const id = await desk.start(touch);
    const view = await desk.settled(id);
    await desk.close();
    await desk.open(worker);
    expect(await desk.list()).toEqual([view]);
    await desk.delete(id);
    expect(await desk.list()).toEqual([]);
    expect(readdirSync(desk.folder)).toEqual([]);
    await expect(desk.delete(id)).rejects.toThrow('no such comparison');
  });

  test('is shown as damaged with the reason if it cannot be read, and the rest is fine', async () => {
    const id = await desk.start(touch);
    const fine = resultOf(await desk.settled(id));
    await desk.close();
    const put = (name: string, text: string) => writeFileSync(join(desk.folder, name), text);
    put('half.json', JSON.stringify(fine).slice(0, 700));
    put('newer.json', JSON.stringify({ ...fine, version: 2 }));
    put('odd.json', JSON.stringify({ ...fine, off: { ...fine.off, wallSeconds: 'soon' } }));
    put('unfinished.json.new', 'half');
    put('Not ours.json', '{}');
    await desk.open(worker);
    const views = await desk.list();
    const reasons = Object.fromEntries(
      views.flatMap((one) => (one.is === 'damaged' ? [[one.comparison, one.reason]] : [])),
    );
    expect(views[0]).toEqual({ is: 'finished', result: fine });
    expect(reasons).toEqual({
      half: 'it is not valid JSON',
      newer: expect.stringMatching(/newer Astride/),
      odd: expect.stringMatching(/off\.wallSeconds/),
    });
    await desk.delete('half');
    expect(await desk.list()).toHaveLength(3);
  });

  test('is exported as JSON, CSV and HTML, over an existing file only where somebody was asked', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'astride-export-'));
    const id = await desk.start(touch);
    const result = resultOf(await desk.settled(id));
    for (const format of ['json', 'csv', 'html'] as const) await desk.export(id, format, join(folder, `it.${format}`));
    const read = (name: string) => readFileSync(join(folder, name), 'utf8');
    expect(JSON.parse(read('it.json'))).toEqual(result);
    expect(read('it.csv')).toMatch(/^user page faults,,300,300,1\r$/m);
    expect(read('it.html')).toContain(result.title);
    await expect(desk.export(id, 'csv', join(folder, 'it.json'))).rejects.toThrow('choose another name');
    await desk.export(id, 'csv', join(folder, 'it.json'), desktop);
    expect(read('it.json')).toBe(read('it.csv'));
    await expect(desk.export(id, 'csv', 'it.csv')).rejects.toThrow('full path');
    await expect(desk.export(id, 'csv', join(folder, 'no', 'it.csv'))).rejects.toThrow('no such file');
    await expect(desk.export('nobody', 'csv', join(folder, 'new.csv'))).rejects.toThrow('finished');
    expect(readdirSync(folder).sort()).toEqual(['it.csv', 'it.html', 'it.json']);
    rmSync(folder, { recursive: true });
  });
});
