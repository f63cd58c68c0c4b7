import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { describe, expect, test } from 'vitest';
import { KernelInspector } from '../../../main/library/inspect-kernel.ts';
import { kernelLines } from '../../../main/library/kernel-lines.ts';
import { findImage } from '../../../main/samples.ts';
import { temporaryFolder, workstationWithWindow } from '../workstation/test-window.ts';
import { someSettings } from './some-settings.ts';

/** A window, and the thread's program as the build makes it. */
async function withThread() {
  const folder = await temporaryFolder();
  const file = join(folder, 'inspect-worker.mjs');
  const input = new URL('../../../main/library/inspect-worker.ts', import.meta.url).pathname;
  const program = await rolldown({ input, platform: 'node', logLevel: 'silent' });
  await program.write({ file, format: 'esm', codeSplitting: false });
  await program.close();
  return { folder, ...(await workstationWithWindow({ inspectProgram: pathToFileURL(file) })) };
}

describe('a kernel that is being chosen', () => {
  test('is explained by a thread, in which it runs', async () => {
    const { window } = await withThread();
    const facts = await window.ask('library.inspect', { image: { kind: 'sample', name: 'faults' } });
    expect(facts.objection).toBeNull();
    expect(facts.lines.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['format', 'lguest', 'devices', 'memory']),
    );
    expect(facts.lines.find(({ label }) => label === 'lguest')?.text).toMatch(
      /^yes: it said LGUEST_INIT \(by running it/,
    );
  });

  test('is found where the library keeps its copy', async () => {
    const { window, folder } = await withThread();
    const original = join(folder, 'vmlinux');
    await writeFile(original, findImage('hello').bytes);
    const { id, settings } = await window.ask('library.create', {
      settings: someSettings({ image: { kind: 'file', path: original } }),
    });
    const image = settings!.image;
    expect(image).toEqual({ kind: 'file', path: 'kernel' });
    expect((await window.ask('library.inspect', { image, machine: id })).objection).toBeNull();
    await expect(window.ask('library.inspect', { image })).rejects.toThrow('kernel');
  });

  test('gives way to the one chosen after it', async () => {
    const { window } = await withThread();
    const first = window.ask('library.inspect', { image: { kind: 'sample', name: 'faults' } });
    const second = window.ask('library.inspect', { image: { kind: 'sample', name: 'hello' } });
    await expect(first).rejects.toThrow('another kernel was chosen meanwhile');
    expect((await second).objection).toBeNull();
  });

  test('that is none has an objection', async () => {
    const { window, folder } = await withThread();
    const path = join(folder, 'vmlinuz');
    await writeFile(path, 'a kernel');
    const facts = await window.ask('library.inspect', { image: { kind: 'file', path } });
    expect(facts).toEqual({ lines: [], objection: expect.stringMatching(/\w+ \w+/) });
  });

  test('that cannot be read is a refusal', async () => {
    const { window } = await workstationWithWindow();
    for (const path of ['/nowhere/at/all', '/', '/dev/zero', 'vmlinuz']) {
      await expect(window.ask('library.inspect', { image: { kind: 'file', path } })).rejects.toThrow(path);
    }
    const kitten = { kind: 'sample', name: 'kitten' } as const;
    await expect(window.ask('library.inspect', { image: kitten })).rejects.toThrow('kitten');
  });

  test('that never says what it is has to do with its headers', async () => {
    const program = join(await temporaryFolder(), 'endless.mjs');
    const facts = {
      lines: [
        { label: 'format', text: 'ELF' },
        { label: 'trial', text: 'it was not run' },
      ],
      objection: null,
    };
    const post = `import { parentPort } from 'node:worker_threads'; parentPort.postMessage(${JSON.stringify(facts)});`;
    await writeFile(program, `${post} setTimeout(() => { for (;;); }, 10);`);
    const inspector = new KernelInspector(pathToFileURL(program), 3000);
    const { lines } = await inspector.inspect({ kind: 'sample', name: 'hello' });
    expect(lines[0]).toEqual(facts.lines[0]);
    expect(lines[1].text).toContain('it was run for 3 seconds and had not said what it is');
  });

  test('without a thread to look at it is a refusal', async () => {
    const { window } = await workstationWithWindow({ inspectProgram: new URL('file:///nowhere/inspect-worker.mjs') });
    const asked = window.ask('library.inspect', { image: { kind: 'sample', name: 'hello' } });
    await expect(asked).rejects.toThrow('this kernel cannot be inspected');
  });
});

test('headers alone say less, but what they say is the same', () => {
  const { bytes } = findImage('faults');
  const [headers, all] = [kernelLines(bytes, 0), kernelLines(bytes, 1_000_000_000)];
  expect(headers.lines[0]).toEqual(all.lines[0]);
  expect(headers.lines.find(({ label }) => label === 'trial')?.text).toBe('it was not run');
});
