import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Library } from '../../../main/library/library.ts';
import { overlayFile } from '../../../main/library/overlay-file.ts';
import { kernelSymbols } from '../../../main/machines/kernel-symbols.ts';
import { eventually, open, TestWindow, temporaryFolder, workstationWithWindow } from '../workstation/test-window.ts';
import { someSettings } from './some-settings.ts';

/** A window, and files to make machines of. */
async function withFiles() {
  const around = await workstationWithWindow();
  const folder = await temporaryFolder();
  const kernel = join(folder, 'vmlinuz');
  const initrd = join(folder, 'initrd.gz');
  await writeFile(kernel, 'a kernel');
  await writeFile(initrd, 'an initrd');
  const machinesFolder = join(around.dataFolder, 'machines');
  const filesOf = async (id: string) => (await readdir(join(machinesFolder, id))).sort();
  const own = someSettings({ image: { kind: 'file', path: kernel }, initrd });
  return { ...around, folder, kernel, initrd, own, machinesFolder, filesOf };
}

describe('a machine', () => {
  test('is made of copies of its files', async () => {
    const { window, own, filesOf, machinesFolder, kernel } = await withFiles();
    const made = await window.ask('library.create', { settings: own });
    expect(made.settings).toMatchObject({ image: { kind: 'file', path: 'kernel' }, initrd: 'initrd' });
    expect(await filesOf(made.id)).toEqual(['initrd', 'kernel', 'machine.json']);
    await writeFile(kernel, 'another kernel');
    expect(await readFile(join(machinesFolder, made.id, 'kernel'), 'utf8')).toBe('a kernel');
    expect(made.sizeBytes).toBeGreaterThan('a kernel'.length + 'an initrd'.length);
    expect((await window.ask('library.list', {})).at(-1)).toEqual(made);
  });

  test('takes along the symbols that lie beside its kernel, and leaves them behind with it', async () => {
    const { window, own, folder, filesOf, machinesFolder } = await withFiles();
    await writeFile(join(folder, 'System.map'), 'c1000000 T _text\n');
    const { id } = await window.ask('library.create', { settings: own });
    expect(await filesOf(id)).toEqual(['initrd', 'kernel', 'kernel.map', 'machine.json']);
    const copy = join(machinesFolder, id, 'kernel');
    expect(kernelSymbols(copy, await readFile(copy))).toEqual([{ name: '_text', address: 0xc1000000, size: 0 }]);
    const twin = await window.ask('library.clone', { id });
    expect(await filesOf(twin.id)).toContain('kernel.map');
    await window.ask('library.edit', { id, settings: someSettings() });
    expect(await filesOf(id)).toEqual(['machine.json']);
  });

  test('may be made of files that nobody may write to', async () => {
    const { window, own, kernel } = await withFiles();
    await chmod(kernel, 0o400);
    await expect(window.ask('library.create', { settings: own })).resolves.toBeDefined();
  });

  test.each([
    ['a file that is not there', { image: { kind: 'file', path: '/nowhere/vmlinuz' } }, 'there is no such file'],
    ['a folder', { image: { kind: 'file', path: '/' } }, 'this is no ordinary file'],
    ['a device', { image: { kind: 'file', path: '/dev/zero' } }, 'this is no ordinary file'],
    ['a path that starts nowhere', { image: { kind: 'file', path: '../vmlinuz' } }, 'by its full path'],
    ['a file of no machine yet', { image: { kind: 'file', path: 'kernel' } }, 'there is no such file'],
    ['an initrd in place of a kernel', { image: { kind: 'file', path: 'initrd' } }, 'by its full path'],
    ['an unknown sample', { image: { kind: 'sample', name: 'kitten' } }, 'there is no sample guest called "kitten"'],
  ] as const)('is not made of %s, and leaves nothing behind', async (_, changed, sentence) => {
    const { window, machinesFolder } = await withFiles();
    await expect(window.ask('library.create', { settings: someSettings(changed) })).rejects.toThrow(sentence);
    expect(await readdir(machinesFolder)).toHaveLength(4);
  });

  test('is called like no other', async () => {
    const { window } = await withFiles();
    const names: (string | undefined)[] = [];
    for (let count = 0; count < 3; count++) {
      names.push((await window.ask('library.create', { settings: someSettings() })).settings?.name);
    }
    const long = someSettings({ name: 'x'.repeat(80) });
    await window.ask('library.create', { settings: long });
    names.push((await window.ask('library.create', { settings: long })).settings?.name);
    expect(names).toEqual(['mine', 'mine 2', 'mine 3', `${'x'.repeat(78)} 2`]);
  });

  test('whose name no folder could have is kept all the same', async () => {
    const { window } = await withFiles();
    for (const name of ['../../etc', '..', 'CON', 'größer als ½', '\u0000', '💾'.repeat(40)]) {
      const { id, settings } = await window.ask('library.create', { settings: someSettings({ name }) });
      expect(settings?.name).toBe(name);
      expect(id).toMatch(/^[a-z0-9][a-z0-9-]+$/);
    }
  });

  test('is cloned without what its guest wrote', async () => {
    const { window, own, filesOf, machinesFolder } = await withFiles();
    const made = await window.ask('library.create', { settings: own });
    await writeFile(overlayFile(join(machinesFolder, made.id), '/disks/root.img'), 'what the guest wrote');
    await writeFile(join(machinesFolder, made.id, 'console.log'), 'what it said');
    const clone = await window.ask('library.clone', { id: made.id });
    expect(clone.settings).toEqual({ ...made.settings, name: 'mine 2' });
    expect(clone.lastRun).toBeNull();
    expect(await filesOf(clone.id)).toEqual(['initrd', 'kernel', 'machine.json']);
    await window.ask('library.delete', { id: made.id });
    expect(await readFile(join(machinesFolder, clone.id, 'kernel'), 'utf8')).toBe('a kernel');
  });

  test('is edited: a new kernel replaces the old one, a new name is its own', async () => {
    const { window, own, filesOf, machinesFolder, folder } = await withFiles();
    const { id, settings } = await window.ask('library.create', { settings: own });
    const newer = join(folder, 'newer');
    await writeFile(newer, 'a newer kernel');
    const wanted = { ...settings!, name: 'hello', image: { kind: 'file', path: newer } as const, initrd: null };
    const edited = await window.ask('library.edit', { id, settings: wanted });
    expect(edited.settings).toMatchObject({ name: 'hello 2', image: { path: 'kernel-1' }, initrd: null });
    expect(await filesOf(id)).toEqual(['kernel-1', 'machine.json']);
    expect(await readFile(join(machinesFolder, id, 'kernel-1'), 'utf8')).toBe('a newer kernel');
    // What was not changed stays.
    const again = await window.ask('library.edit', { id, settings: edited.settings! });
    expect(again.settings).toEqual(edited.settings);
  });

  test('that runs keeps the kernel it was started with until it ends', async () => {
    const { window, own, filesOf, folder, machines } = await withFiles();
    const { id, settings } = await window.ask('library.create', { settings: own });
    await window.ask('machine.start', { id });
    await writeFile(join(folder, 'newer'), 'a newer kernel');
    const image = { kind: 'file', path: join(folder, 'newer') } as const;
    const edited = await window.ask('library.edit', { id, settings: { ...settings!, image } });
    expect(edited.needsRestart).toEqual(['image']);
    expect(await filesOf(id)).toContain('kernel');
    machines[0].end('powered off', '');
    await eventually(
      () => filesOf(id),
      (files) => !files.includes('kernel'),
    );
  });

  test('is deleted with everything it had, unless it runs', async () => {
    const { window, own, dataFolder, machinesFolder } = await withFiles();
    const { id } = await window.ask('library.create', { settings: own });
    await window.ask('machine.start', { id });
    await expect(window.ask('library.delete', { id })).rejects.toThrow('this machine is running; power it off first');
    await window.ask('machine.powerOff', { id });
    await window.ask('library.delete', { id });
    await expect(window.ask('library.delete', { id })).rejects.toThrow('there is no such machine any more');
    expect(await readdir(machinesFolder)).toHaveLength(4);
    expect(await readdir(join(dataFolder, 'trash'))).toEqual([]);
  });

  test('every change is told to every window', async () => {
    const { window, workstation } = await withFiles();
    const other = new TestWindow(workstation);
    const { id } = await window.ask('library.create', { settings: someSettings() });
    await eventually(
      () => other.events('library').at(-1),
      (list) => list?.length === 5,
    );
    await window.ask('library.delete', { id });
    await eventually(
      () => other.events('library').at(-1),
      (list) => list?.length === 4,
    );
  });
});

describe('a damaged entry', () => {
  const version = (number: number) => JSON.stringify({ version: number, settings: someSettings() });
  const kept = (changed: object) =>
    JSON.stringify({
      version: 1,
      createdAt: '2026-11-22T10:00:00.000Z',
      lastRun: null,
      settings: { ...someSettings(), ...changed },
    });

  test.each([
    ['cut short', kept({}).slice(0, 90), 'machine.json is not valid JSON'],
    ['empty', '', 'machine.json is not valid JSON'],
    ['missing', null, 'machine.json is missing'],
    ['of a newer Astride', version(2), 'it was written by a newer Astride (format 2); update Astride to use it'],
    ['of no version', '{}', /^machine\.json: /],
    ['of nonsense', '"machine"', /^machine\.json: /],
    ['with too much memory', kept({ memoryMiB: 4096 }), /^machine\.json: settings\.memoryMiB: /],
    ['with a setting nobody knows', kept({ turbo: true }), /^machine\.json: settings\.turbo: /],
    ['too large', ' '.repeat(1024 * 1024 + 1), 'machine.json is too large to be one of ours'],
  ])('%s is shown with the reason, is not written over, and the rest works', async (_, text, reason) => {
    const dataFolder = await temporaryFolder();
    const folder = join(dataFolder, 'machines', 'broken-1');
    await mkdir(folder, { recursive: true });
    await mkdir(join(dataFolder, 'machines', 'fine-1'));
    await writeFile(join(dataFolder, 'machines', 'fine-1', 'machine.json'), kept({ name: 'fine' }));
    if (text !== null) await writeFile(join(folder, 'machine.json'), text);
    const window = new TestWindow(await open(dataFolder));
    const [broken, fine] = await window.ask('library.list', {});
    expect(broken).toMatchObject({ id: 'broken-1', settings: null });
    expect(broken.damaged).toMatch(reason);
    expect(fine).toMatchObject({ id: 'fine-1', damaged: null });
    for (const method of ['machine.start', 'library.clone'] as const) {
      await expect(window.ask(method, { id: 'broken-1' })).rejects.toThrow('this entry is damaged: ');
    }
    const settings = someSettings();
    await expect(window.ask('library.edit', { id: 'broken-1', settings })).rejects.toThrow('damaged');
    await expect(window.ask('machine.fastPath', { id: 'broken-1', on: true })).rejects.toThrow('damaged');
    await expect(window.ask('library.export', { id: 'broken-1', to: join(dataFolder, 'x') })).rejects.toThrow(
      'damaged',
    );
    await window.ask('machine.start', { id: 'fine-1' });
    expect(await readFile(join(folder, 'machine.json'), 'utf8').catch(() => null)).toBe(text);
    await window.ask('library.delete', { id: 'broken-1' });
    expect(await readdir(join(dataFolder, 'machines'))).toEqual(['fine-1']);
  });
});

describe('what a death leaves behind', () => {
  test('is tidied up at the next start, and nothing else is', async () => {
    const { dataFolder, machinesFolder, workstation, window, own } = await withFiles();
    const { id } = await window.ask('library.create', { settings: own });
    await workstation.close();
    await mkdir(join(machinesFolder, '.new-machine-1'));
    await mkdir(join(dataFolder, 'trash', 'gone'), { recursive: true });
    await mkdir(join(machinesFolder, 'Not an entry'));
    const folder = join(machinesFolder, id);
    for (const name of ['kernel-7', 'machine.json.new', 'disk-0123456789abcdef.overlay', 'readme', 'kernel.bak']) {
      await writeFile(join(folder, name), 'x');
    }
    const library = await Library.open(dataFolder, () => {});
    expect(library.entries).toHaveLength(5);
    expect((await readdir(machinesFolder)).filter((name) => !/^[a-z-]+-[0-9a-f]{8}$/.test(name))).toEqual([
      'Not an entry',
    ]);
    const left = (await readdir(folder)).sort();
    expect(left).toEqual([
      'disk-0123456789abcdef.overlay',
      'initrd',
      'kernel',
      'kernel.bak',
      'machine.json',
      'machine.json.new',
      'readme',
    ]);
  });
});

test('samples come with words to try', async () => {
  const { window } = await withFiles();
  const samples = await window.ask('library.samples', {});
  expect(samples.map(({ name }) => name)).toEqual(['hello', 'faults', 'trouble', 'puppy']);
  expect(samples[1].workloads.every(({ append, summary }) => /^pattern=/.test(append) && summary !== '')).toBe(true);
});
