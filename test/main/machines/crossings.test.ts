/** Crossings as a window asks for them: of a thread that runs, of one that is paused, and of one that has ended. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Refusal, type StartMachine } from '../../../main/workstation/parts.ts';
import { builtStarter, StartedMachine } from './started-machine.ts';

let startMachine: StartMachine;
let folder: string;

beforeAll(() => {
  startMachine = builtStarter();
  folder = mkdtempSync(join(tmpdir(), 'astride-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const start = (name: string, commandLine = '') => {
  const changes = { image: { kind: 'sample', name } as const, commandLine, fastPath: false };
  return new StartedMachine(startMachine, changes, { folder });
};

describe('what hello did, once it has ended', () => {
  let hello: StartedMachine;
  beforeAll(async () => {
    hello = start('hello');
    hello.machine.recordCrossings(true);
    await hello.end();
  });

  test('is a list of its crossings, oldest first, numbered from 0, with symbols', async () => {
    const views = await hello.machine.readCrossings(5000);
    expect(views.map(({ number }) => number)).toEqual(views.map((_, index) => index));
    const calls = views.filter(({ cause }) => cause === 'hypercall');
    const words = calls.map(({ outcome }) => outcome.split(' ')[0]);
    expect(words).toEqual(['LGUEST_INIT', 'NOTIFY', 'NOTIFY', 'NOTIFY', 'SHUTDOWN']);
    for (const { symbol, ring } of calls) expect([symbol, ring]).toEqual([expect.stringMatching(/^hello\+0x/), 1]);
    for (const { enteredAt, leftAt } of views) expect(leftAt).toBeGreaterThan(enteredAt);
    expect(await hello.machine.readCrossings(2)).toEqual(views.slice(-2));
  });

  test('has details: registers in order, and the code before and behind both ends', async () => {
    const [last] = await hello.machine.readCrossings(1);
    const detail = await hello.machine.readCrossing(last.number);
    expect(detail.crossing).toEqual(last);
    const names = 'eax ebx ecx edx esi edi ebp esp eip eflags cs ss ds es fs gs cr2 cr3 trap error';
    expect(detail.registers.map(({ name }) => name).join(' ')).toBe(names);
    const value = (name: string) => detail.registers.find((one) => one.name === name)?.value;
    expect([value('eax'), value('trap'), value('cr3'), value('eip')]).toEqual([2, 0x1f, 0, last.eip]);
    expect(detail.walk).toBeNull();
    const at = detail.left.findIndex(({ address }) => address === last.eip);
    expect(detail.left[at - 1].text).toBe('int 0x1f');
    const texts = detail.left.slice(0, at).map(({ text }) => text);
    expect(texts).toContain('mov eax, 2');
    expect(detail.entered.some(({ address }) => address === detail.enteredEip)).toBe(true);
  });

  test('has no details of what was not recorded', async () => {
    await expect(hello.machine.readCrossing(4711)).rejects.toThrow(Refusal);
  });
});

describe('a machine that faults', () => {
  test('is looked at while it is paused: each fault with its walk, and where and why that ends', async () => {
    const faults = start('faults', 'pages=100000');
    faults.machine.watchCounters(10);
    await faults.until(() => faults.sample?.counters.userPageFaults > 100);
    faults.machine.recordCrossings(true);
    while ((await faults.machine.readCrossings(500)).length < 500);
    faults.machine.pause();
    await faults.until(() => faults.state === 'paused');
    const views = await faults.machine.readCrossings(5000);
    expect(views[views.length - 1].number).toBe(faults.sample.counters.roundTrips - 1);
    const user = views.filter(({ cause }) => cause === 'user page fault reflected').slice(-20);
    expect(user).toHaveLength(20);
    for (const view of user) {
      expect(view.ring).toBe(3);
      const detail = await faults.machine.readCrossing(view.number);
      const value = (name: string) => detail.registers.find((one) => one.name === name)?.value ?? 0;
      expect(view.outcome).toBe(`cr2 0x${value('cr2').toString(16)} error 0x6`);
      expect(detail.walk?.address).toBe(value('cr2'));
      const [directory, table] = detail.walk!.guest;
      expect(directory.at).toBe(value('cr3') + (value('cr2') >>> 22) * 4);
      expect(directory.meaning).toMatch(/^(present, writable, user|not present)/);
      if (table !== undefined) expect(table).toMatchObject({ value: 0, meaning: 'not present' });
      expect(detail.walk!.shadow.at(-1)?.meaning).toBe('not present');
      const faulting = detail.left.find(({ address }) => address === view.eip);
      expect(faulting?.text).toMatch(/^\w+ .*\[/); // an instruction that touches memory
    }
    faults.machine.powerOff();
    await faults.end();
  });

  test('keeps the last five thousand, and begins anew when recording does', async () => {
    const faults = start('faults', 'pages=40000');
    faults.machine.recordCrossings(true);
    faults.machine.watchCounters(10);
    await faults.until(() => faults.sample?.counters.roundTrips > 6000);
    faults.machine.pause();
    const views = await faults.machine.readCrossings(5000);
    expect(views).toHaveLength(5000);
    const [first] = views;
    expect(first.number).toBeGreaterThan(1000);
    expect(views.map(({ number }) => number)).toEqual(views.map((_, index) => first.number + index));
    expect((await faults.machine.readCrossing(first.number)).crossing).toEqual(first);
    await expect(faults.machine.readCrossing(first.number - 1)).rejects.toThrow(Refusal);
    faults.machine.recordCrossings(false);
    expect(await faults.machine.readCrossings(5000)).toEqual(views);
    faults.machine.recordCrossings(true);
    expect(await faults.machine.readCrossings(5000)).toEqual([]);
    faults.machine.powerOff();
    await faults.end();
  });
});

test('a guest that was killed leaves its last crossings', async () => {
  const trouble = start('trouble', 'mode=unknown-hypercall');
  trouble.machine.recordCrossings(true);
  await trouble.end();
  const [last] = await trouble.machine.readCrossings(1);
  expect(last).toMatchObject({ cause: 'hypercall', outcome: expect.stringContaining('0x63') });
});
