/** Writes cpio archives of the "new ASCII" kind, which kernels take for an initrd: the same entries, the same bytes. */

export interface ArchiveEntry {
  readonly path: string;
  /** Type and rights, as in a Unix inode. */
  readonly mode: number;
  readonly bytes: Uint8Array;
}

const MAGIC = '070701';
const ALIGNMENT = 4;
const TRAILER = 'TRAILER!!!';

const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** Entries in the order given; inodes are numbered from 1, everything belongs to root and is as old as the epoch. */
export function cpioArchive(entries: readonly ArchiveEntry[]): Uint8Array {
  const trailer = { path: TRAILER, mode: 0, bytes: new Uint8Array(0) };
  const records = [...entries, trailer].map((entry, index) => record(entry, index < entries.length ? index + 1 : 0));
  const archive = new Uint8Array(records.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const one of records) {
    archive.set(one, at);
    at += one.length;
  }
  return archive;
}

function record({ path, mode, bytes }: ArchiveEntry, inode: number): Uint8Array {
  const [owner, group, links, date, major, minor, checksum] = [0, 0, 1, 0, 0, 0, 0];
  const name = `${path}\0`;
  const fields = [
    inode,
    mode,
    owner,
    group,
    links,
    date,
    bytes.length,
    major,
    minor,
    major,
    minor,
    name.length,
    checksum,
  ];
  const header = MAGIC + fields.map((field) => field.toString(16).padStart(8, '0')).join('') + name;
  const whole = new Uint8Array(aligned(header.length) + aligned(bytes.length));
  whole.set(new TextEncoder().encode(header));
  whole.set(bytes, aligned(header.length));
  return whole;
}
