/**
 * The kernels in the folder ASTRIDE_KERNELS.  Whoever fills the folder names the files: a kernel is told by its first
 * bytes (an i386 ELF that can be loaded, or the setup header of a bzImage), its initial RAM disk by its name.  Maps,
 * configurations and logs lying about are nobody's business.
 */

import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface ShelfKernel {
  /** The file's name, which is what a test is called. */
  readonly name: string;
  readonly path: string;
  readonly format: 'bzImage' | 'vmlinux';
  /** Null where the folder has none for it. */
  readonly initrd: string | null;
  /** Another file of the same stem comes first: enough to see this one boot. */
  readonly twin: boolean;
}

/** Everything the folder has, by name; empty without a folder. */
export function shelf(folder: string | undefined): ShelfKernel[] {
  if (!folder) return [];
  const names = readdirSync(folder).filter((name) => statSync(join(folder, name)).isFile());
  const initrds = names.filter((name) => /initr|cpio/i.test(name));
  const kernels: ShelfKernel[] = [];
  for (const name of names.filter((other) => !initrds.includes(other)).sort()) {
    const path = join(folder, name);
    const format = kernelFormat(path);
    if (format === null) continue;
    const beside = initrds.find((other) => stem(other) === stem(name)) ?? (initrds.length === 1 ? initrds[0] : null);
    const twin = kernels.some((other) => stem(other.name) === stem(name));
    kernels.push({ name, path, format, initrd: beside === null ? null : join(folder, beside), twin });
  }
  return kernels;
}

/** What is left of a name without the words for its kind: `bzImage-4.4` and `initrd-4.4.cpio.gz` are both 4.4. */
function stem(name: string): string {
  return name
    .replace(/bzimage|vmlinu[xz]|initr(?:amfs|d)|\b(?:img|cpio|gz|xz|elf)\b/gi, '')
    .replace(/^[-._]+|[-._]+$/g, '')
    .replace(/[-._]{2,}/g, '-');
}

const ELF_I386_PROGRAM = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 1, 1]);
/** Offsets in an ELF header (type, machine) and in a bzImage's first sectors (the setup header's magic). */
const [ELF_TYPE, ELF_MACHINE, SETUP_MAGIC] = [16, 18, 0x202];
const [ET_EXEC, EM_386] = [2, 3];

function kernelFormat(path: string): ShelfKernel['format'] | null {
  const head = Buffer.alloc(SETUP_MAGIC + 4);
  const file = openSync(path, 'r');
  readSync(file, head, 0, head.length, 0);
  closeSync(file);
  if (head.toString('latin1', SETUP_MAGIC) === 'HdrS') return 'bzImage';
  const elf = head.subarray(0, ELF_I386_PROGRAM.length).equals(ELF_I386_PROGRAM);
  if (!elf || head.readUInt16LE(ELF_TYPE) !== ET_EXEC || head.readUInt16LE(ELF_MACHINE) !== EM_386) return null;
  return 'vmlinux';
}
