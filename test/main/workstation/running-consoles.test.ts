import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { open, settled, started, TestWindow, temporaryFolder } from './test-window.ts';

describe('the console', () => {
  test('comes to those who opened it, from where they want', async () => {
    const { window, workstation, id, machine } = await started();
    const other = new TestWindow(workstation);
    machine.print('Hello, ');
    expect(await window.ask('console.open', { id, at: 0 })).toEqual({ run: 1, at: 0 });
    await settled();
    machine.print('world');
    expect(window.consoleText(id)).toBe('Hello, world');
    expect(other.events('console')).toEqual([]);
    expect(await other.ask('console.open', { id, at: 7 })).toEqual({ run: 1, at: 7 });
    await settled();
    expect(other.consoleText(id)).toBe('world');
    await window.ask('console.close', { id });
    machine.print('!');
    expect([window.consoleText(id), other.consoleText(id)]).toEqual(['Hello, world', 'world!']);
  });

  test('begins again with a reset, and with another start', async () => {
    const { window, id, machine, machines, dataFolder } = await started();
    await window.ask('console.open', { id, at: 0 });
    machine.print('first');
    await window.ask('machine.reset', { id });
    machine.print('second');
    expect(window.consoleText(id)).toBe('second');
    machine.end('powered off', '');
    await window.ask('machine.start', { id });
    machines[1].print('third');
    expect(window.consoleText(id)).toBe('third');
    expect(window.events('console').map(({ run, at }) => [run, at])).toEqual([
      [1, 0],
      [2, 0],
      [3, 0],
    ]);
    const kept = (name: string) => readFile(join(dataFolder, 'machines', id, name), 'utf8');
    expect(await kept('console.log')).toBe('third');
    expect(await kept('console.previous.log')).toBe('second');
  });

  test('is glimpsed at without being opened, and saved', async () => {
    const { window, id, machine } = await started();
    const to = join(await temporaryFolder(), 'saved.log');
    await expect(window.ask('console.saveLog', { id, to: 'saved.log' })).rejects.toThrow('by its full path');
    machine.print('x'.repeat(70_000));
    machine.print('the end');
    const glimpse = await window.ask('console.glimpse', { id });
    expect(glimpse).toMatchObject({ run: 1, at: 70_007 - 8192 });
    expect(Buffer.from(glimpse.bytes).toString().endsWith('xxthe end')).toBe(true);
    await window.ask('console.saveLog', { id, to });
    expect((await readFile(to)).length).toBe(70_007);
    await expect(window.ask('console.saveLog', { id, to: '/nowhere/at/all' })).rejects.toThrow('no such file');
  });

  test('is still there after the next start of Astride', async () => {
    const { id, machine, workstation, dataFolder } = await started();
    machine.print('famous last words');
    await workstation.close();
    const window = new TestWindow(await open(dataFolder));
    expect(await window.ask('console.open', { id, at: 0 })).toEqual({ run: 0, at: 0 });
    await settled();
    expect(window.consoleText(id)).toBe('famous last words');
  });

  test('loses nothing under a flood, and the guest waits for what is drawn', async () => {
    const { window, id, machine } = await started();
    await window.ask('console.open', { id, at: 0 });
    const piece = new Uint8Array(100_000).map((_, index) => 33 + (index % 90));
    let printed = 0;
    let drawn = 0;
    const draw = async () => {
      for (const chunk of window.events('console')) {
        expect(chunk.at).toBe(drawn);
        expect(chunk.bytes[0]).toBe(piece[drawn % piece.length]);
        drawn += chunk.bytes.length;
      }
      window.told.length = 0;
      await window.ask('console.drawn', { id, at: drawn });
    };
    while (printed < 20_000_000) {
      // A thread of ours runs no further ahead than this.
      if (printed - machine.taken < 1024 * 1024) {
        machine.print(piece);
        printed += piece.length;
      } else await draw();
      expect(machine.taken).toBeLessThanOrEqual(drawn);
    }
    while (drawn < printed) await draw();
    expect(machine.taken).toBe(printed);
  });
});
