/** `npm start` as a process: what it prints, and how it ends. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { projectRoot } from '../../scripts/tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'astride-start-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Without a display, so that nothing opens on the screen of whoever runs this. */
const { DISPLAY: _, WAYLAND_DISPLAY: __, ASTRIDE_DATA: ___, ...environment } = process.env;

function start(...words: string[]) {
  const child = spawn(process.execPath, ['scripts/start.mjs', ...words], {
    cwd: projectRoot,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (text) => {
    said.out += text;
  });
  child.stderr.on('data', (text) => {
    said.err += text;
  });
  return { child, said, ended: endOf(child) };
}

const endOf = async (child: ChildProcess) => {
  const [code] = await once(child, 'close');
  return code;
};

test('one line says where it is and why; a second start is sent there; Ctrl-C ends it in order', async () => {
  const first = start('--web', '--no-open', '--data', folder);
  await expect.poll(() => first.said.out, { timeout: 60_000 }).toContain('\n');
  expect(first.said.out).toMatch(
    /^Astride is at http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43} \(in a browser because --web asks for it; Ctrl-C ends it\)\n$/,
  );
  const second = start('--web', '--no-open', '--data', folder);
  expect(await second.ended).toBe(2);
  expect(second.said.err).toContain(`${folder} is in use by another Astride`);
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(0);
  expect(first.said.out.trim().split('\n')).toHaveLength(1);
}, 120_000);

test('without a display it says so, and the desktop is refused', async () => {
  const { ended, said } = start('--desktop', '--data', folder);
  expect(await ended).toBe(2);
  expect(said.err).toContain('astride: the desktop window cannot open: there is no display');
}, 60_000);

test('wrong words and places are answered with a sentence and no stack', async () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  for (const [words, sentence] of [
    [['--prot', '1'], 'there is no option --prot'],
    [['--web', '--data', file], file],
  ] as const) {
    const { ended, said } = start(...words);
    expect(await ended).toBe(2);
    expect(said.err).toContain(sentence);
    expect(said.err).not.toMatch(/^\s+at /m);
  }
  const help = start('--help');
  expect(await help.ended).toBe(0);
  expect(help.said.out).toContain('--desktop');
}, 60_000);
