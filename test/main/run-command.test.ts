/** Bad words on the command line: each a sentence on stderr, exit code 2, and never a stack trace. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSamples } from '../../main/samples.ts';
import { buildElf } from '../core/launcher/build-elf.ts';
import { run } from './fake-io.ts';

let folder: string;
const file = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'astride-test-'));
  const elf = buildElf([{ at: 0x100000, bytes: new Uint8Array(100) }], 0x100000);
  writeFileSync(file('truncated.elf'), elf.subarray(0, 120));
  writeFileSync(file('text.txt'), 'not a kernel at all\n');
  writeFileSync(
    file('sector.img'),
    Uint8Array.from({ length: 1024 }, (_, at) => [0x55, 0xaa][at - 510] ?? 0),
  );
  writeFileSync(file('initrd'), new Uint8Array(5 * 1024 * 1024));
  const amd64 = elf.slice();
  amd64[4] = 2;
  writeFileSync(file('amd64.elf'), amd64);
});
afterAll(() => rmSync(folder, { recursive: true }));

async function complaint(...argv: string[]): Promise<string> {
  const { code, out, err } = await run(...argv);
  expect(out).toBe('');
  expect(code).toBe(2);
  expect(err).toMatch(/^astride: [^\n]+\n$/);
  expect(err).not.toMatch(/\bat .*:\d+:\d+|Error:/);
  return err;
}

describe('bad usage', () => {
  test.each([
    [['bot'], /no command "bot".*list, boot, compare, inspect, bare, disasm/],
    [['constructor'], /no command "constructor"/],
    [['boot'], /which guest/],
    [['boot', 'hello', '--fastpath', 'on'], /no option --fastpath/],
    [['boot', 'hello', '-x'], /no option -x/],
    [['boot', 'hello', '--constructor'], /no option --constructor/],
    [['boot', 'hello', '--memory'], /--memory needs a value/],
    [['boot', 'hello', '--append', '--memory'], /--append needs a value/],
    [['boot', 'hello', '--memory', '0'], /from 4 to 1024 MiB.*not 0/],
    [['boot', 'hello', '--memory', '5000'], /from 4 to 1024 MiB.*not 5000/],
    [['boot', 'hello', '--memory', 'lots'], /--memory wants a whole number.*"lots"/],
    [['boot', 'hello', '--memory', '-4'], /--memory wants a whole number.*"-4"/],
    [['boot', 'hello', '--memory', '6.5'], /whole number/],
    [['boot', 'hello', '--budget', '0'], /--budget wants a whole number from 1 up/],
    [['boot', 'hello', '--budget', '1e6'], /--budget/],
    [['boot', 'hello', '--timeout', '0'], /--timeout.*above 0/],
    [['boot', 'hello', '--timeout', 'soon'], /--timeout.*"soon"/],
    [['boot', 'hello', '--fast-path', 'maybe'], /--fast-path is on or off, not "maybe"/],
    [['boot', 'hello', 'faults'], /what is "faults"/],
    [['boot', 'hello', '--beside', 'nobody'], /"nobody"/],
    [['boot', 'hello', '--json'], /no option --json/],
    [['compare', 'hello', '--fast-path', 'on'], /no option --fast-path/],
    [['compare', 'hello', '--json=1'], /--json takes no value/],
    [['list', 'all'], /list takes no "all"/],
    [['bare'], /bare wants one multiboot file/],
    [['bare', 'a', 'b'], /bare wants one/],
    [['bare', 'x', '--memory', '1'], /from 2 to 2048 MiB/],
    [['bare', 'x', '--engine', 'steam'], /no engine "steam"/],
    [['disasm'], /disasm wants one thing/],
    [['disasm', 'hello', '--symbol', 'nobody'], /no symbol "nobody"/],
  ])('%j', async (argv, sentence) => expect(await complaint(...argv)).toMatch(sentence));

  test('too many large guests for one board', async () => {
    const three = ['--beside', 'hello', '--memory', '1024'];
    expect(await complaint('boot', 'hello', '--memory', '1024', ...three, ...three, ...three)).toMatch(/4096 MiB/);
  });

  test('no command at all shows the overview, and is an error', async () => {
    const { code, err } = await run();
    expect(code).toBe(2);
    expect(err).toMatch(/^usage: astride <command>/);
  });
});

describe('bad files', () => {
  test.each([
    ['a sample or file that does not exist', ['boot', 'helo'], /no sample guest and no file called "helo"/],
    ['a path that does not exist', ['boot', 'no/such/kernel'], /^astride: no\/such\/kernel: there is no such file/],
    ['no initrd', ['boot', 'hello', '--initrd', 'no/such/initrd'], /no\/such\/initrd: there is no such file/],
    ['no multiboot file', ['bare', 'no/such/file'], /no\/such\/file: there is no such file/],
  ])('%s', async (_, argv, sentence) => expect(await complaint(...argv)).toMatch(sentence));

  test.each([
    ['truncated.elf', /truncated.elf: the ELF file ends before/],
    ['text.txt', /text.txt: the file is neither an ELF executable nor a bzImage/],
    ['sector.img', /sector.img: .*"HdrS"/],
    ['amd64.elf', /amd64.elf: .*64-bit/],
    ['.', /this is a folder/],
  ])('%s, for boot, compare and disasm', async (name, sentence) => {
    for (const command of ['boot', 'compare', 'disasm']) expect(await complaint(command, file(name))).toMatch(sentence);
  });

  test('text.txt, for bare', async () => {
    expect(await complaint('bare', file('text.txt'))).toMatch(/no multiboot header/);
  });

  test('an initrd that does not fit', async () => {
    const sentence = await complaint('boot', 'hello', '--memory', '4', '--initrd', file('initrd'));
    expect(sentence).toMatch(/the initrd of 5 MiB does not fit/);
  });

  test('a place where no file can be written', async () => {
    expect(await complaint('boot', 'hello', '--trace', join(folder, 'none', 'trace'))).toMatch(
      /trace: there is no such/,
    );
  });
});

describe('help', () => {
  test.each(['list', 'boot', 'compare', 'inspect', 'bare', 'disasm'])(
    '%s --help says how, and does nothing',
    async (command) => {
      const { code, out, err } = await run(command, '--help');
      expect(code).toBe(0);
      expect(err).toBe('');
      expect(out).toMatch(new RegExp(`^usage: astride ${command}`));
      for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(96);
    },
  );

  test('the overview names every command', async () => {
    const { code, out } = await run('--help');
    expect(code).toBe(0);
    for (const command of ['list', 'boot', 'compare', 'inspect', 'bare', 'disasm'])
      expect(out).toContain(`\n  ${command} `);
  });
});

test('list prints every sample on a line', async () => {
  const { code, out } = await run('list');
  expect(code).toBe(0);
  const lines = out.trimEnd().split('\n');
  expect(lines.map((line) => line.split(' ')[0])).toEqual(readSamples().map(({ name }) => name));
  expect(lines.map((line) => line.split(' ')[0])).toEqual(expect.arrayContaining(['hello', 'faults', 'trouble']));
});

test('list --options says what each understands', async () => {
  expect((await run('list', '--options')).out).toMatch(/pattern=touch/);
});
