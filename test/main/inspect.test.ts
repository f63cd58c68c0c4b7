/** `inspect` from the command line: our own guests, files that are none, and real kernels where there are any. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildBzImage, elfKernel, forEver, grab } from '../core/launcher/kernel-facts/small-kernels.ts';
import { available } from '../extras.ts';
import { shelf } from '../linux/kernel-shelf.ts';
import { run } from './fake-io.ts';

let folder: string;
const file = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'astride-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('inspect', () => {
  test.each(['hello', 'faults', 'trouble'])(
    'finds the sample %s to be an lguest guest, by running it',
    async (name) => {
      const { code, out, err } = await run('inspect', name);
      expect(err).toBe('');
      expect(code).toBe(0);
      expect(out).toMatch(/^ {2}lguest +yes: it said LGUEST_INIT \(by running it for \d+ instructions\)$/m);
      expect(out).toMatch(/^ {2}devices +looked for on the lguest bus /m);
      expect(out).toMatch(/^ {2}0x00000000 to 0x00001001 {2}boot parameters$/m);
    },
  );

  test('says where each fact of a bzImage was found', async () => {
    const { code, out } = await run('inspect', file('small', buildBzImage()), '--budget', '0');
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}format +bzImage, 32-bit, boot protocol 2\.12, \d+ bytes \(from the header\)$/m);
    expect(out).toMatch(/^ {2}version +Linux 3\.11\.0 \(us@here\) #1 \(from the header\)$/m);
    expect(out).toMatch(/^ {2}payload +gzip, 8 bytes, 4660 bytes unpacked \(from the header\)$/m);
    expect(out).toMatch(/^ {2}lguest +unknown: it was not run$/m);
    expect(out).toMatch(/^ {2}era +unknown$/m);
    expect(out).toMatch(/^ {2}0x00200000 to 0x00280000 {2}unpacked kernel$/m);
  });

  test('says what to enable in a kernel without lguest, and exits 0: that was the question', async () => {
    const { code, out } = await run('inspect', file('plain', elfKernel(grab, null, '\nLinux version 3.11.0 x\n')));
    expect(code).toBe(0);
    expect(out).toMatch(/^ {2}lguest +no: it was built without CONFIG_LGUEST_GUEST, which needs CONFIG_PARAVIRT/m);
    expect(out).toMatch(/^ {2}trial +it ran for \d+ instructions in 64 MiB and ended: .*trap 0xd/m);
    expect(out).not.toMatch(/^ {2}(era|devices) /m);
  });

  test('gives up on a kernel that says nothing, where --budget says', async () => {
    const { code, out } = await run('inspect', file('silent', elfKernel(forEver)), '--budget', '2_000_000');
    expect(code).toBe(0);
    expect(out).toMatch(/unknown: it had not said LGUEST_INIT .*\(by running it for 2 million instructions\)$/m);
  });

  test('plans for an initrd and a memory, and says why it would not fit', async () => {
    const initrd = file('initrd', new Uint8Array(5000));
    const fits = await run('inspect', 'hello', '--initrd', initrd, '--memory', '8');
    expect(fits.out).toMatch(/^what goes where in 8 MiB, starting at 0x00100000:$/m);
    expect(fits.out).toMatch(/^ {2}0x007fe000 to 0x00800000 {2}initrd of 0\.1 MiB$/m);
    const image = file('large', buildBzImage({ fields: { preferredAddress: 0x1000000 } }));
    const { code, out } = await run('inspect', image, '--memory', '8', '--budget', '0');
    expect(code).toBe(0);
    expect(out).toMatch(/^It cannot be loaded into 8 MiB: the unpacked kernel .* 8 MiB of memory\.$/m);
  });

  test('--json prints one object, with null for what is not known', async () => {
    const { code, out } = await run('inspect', file('small', buildBzImage()), '--budget', '0', '--json');
    expect(code).toBe(0);
    const facts = JSON.parse(out);
    expect(facts).toMatchObject({ format: 'bzImage', bits: { value: 32, origin: 'header' }, era: null, trial: null });
    expect(facts).toMatchObject({ lguest: { answer: 'unknown' }, plan: { refusal: null } });
  });

  test.each([
    ['text', Buffer.from('#!/bin/sh\n'), /neither an ELF executable nor a bzImage/],
    ['nothing', new Uint8Array(0), /the file is empty/],
    ['half a header', buildBzImage().subarray(0, 0x210), /ends within its setup header/],
    ['half a kernel', elfKernel(grab).subarray(0, 200), /ends before/],
  ])('refuses %s with a sentence and exit code 2', async (name, bytes, sentence) => {
    const { code, out, err } = await run('inspect', file(name.replace(' ', '-'), bytes));
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(/^astride: [^\n]+\n$/);
    expect(err).toMatch(sentence);
  });

  test.each([
    ['no kernel', [], /inspect wants one kernel/],
    ['two kernels', ['hello', 'faults'], /inspect wants one kernel/],
    ['an odd memory', ['hello', '--memory', '3'], /from 4 to 1024 MiB/],
    ['an odd budget', ['hello', '--budget', 'all'], /whole number/],
    ['a missing file', ['nowhere/at-all'], /there is no such file/],
  ])('refuses %s', async (_, words, sentence) => {
    const { code, err } = await run('inspect', ...words);
    expect(code).toBe(2);
    expect(err).toMatch(sentence);
  });
});

test('boot and compare end a kernel without lguest with the same sentence', async () => {
  const image = file('plain', elfKernel(grab, null, '\nLinux version 3.11.0 x\n'));
  const sentence =
    /trap 0xd.*; this kernel \(Linux 3\.11\.0\) never said LGUEST_INIT: it was built without CONFIG_LGUEST/;
  for (const command of ['boot', 'compare']) {
    const { code, err } = await run(command, image);
    expect(code, command).toBe(1);
    expect(err, command).toMatch(sentence);
  }
});

describe.skipIf(!available('kernels'))('inspect of real kernels', () => {
  const kernels = shelf(process.env.ASTRIDE_KERNELS).map(({ name, path }) => [name, path] as const);

  test('there is one', () => {
    expect(kernels.length).toBeGreaterThan(0);
  });

  test.each(kernels)('%s is an lguest guest, and its version and era agree', { timeout: 300_000 }, async (_, path) => {
    const { code, out } = await run('inspect', path, '--json');
    expect(code).toBe(0);
    const { lguest, version, era, devices, plan } = JSON.parse(out);
    expect(lguest).toEqual({ answer: 'yes', because: 'it said LGUEST_INIT', origin: 'run' });
    const newerThanBus = ([major, minor]: number[]) => major > 4 || (major === 4 && minor >= 1);
    expect(devices).toBe(newerThanBus(version.value.split('.').map(Number.parseFloat)) ? 'pci' : 'bus');
    expect(era.since).toMatch(/^\d+\.\d+/);
    expect(plan.refusal).toBeNull();
  });
});
