/**
 * Linux guests: boot to a shell, then the handful of things people measure a kernel by.  Only what any busybox brings is
 * used; what a RAM disk lacks is left out, and the table has a gap there.
 */

import type { EngineName } from '../../core/x86/board.ts';
import { peakMiB } from '../../main/processor-time.ts';
import { type Kernel, LinuxGuest, type Piece } from './linux-guest.ts';

const SHELL_LOOP = (count: number, body: string) =>
  `i=0; while [ $i -lt ${count} ]; do ${body}; i=$((i+1)); done; [ $i -eq ${count} ]`;

interface Pastime {
  readonly name: LinuxPiece;
  /** At scale 1. */
  readonly operations: number;
  readonly line: (operations: number) => string;
}

export const linuxPieces = ['boot', 'fork', 'exec', 'syscall', 'pipe'] as const;
export type LinuxPiece = (typeof linuxPieces)[number];

/** Each line's status says whether it did what it was meant to. */
const pastimes: readonly Pastime[] = [
  { name: 'fork', operations: 300, line: (count) => SHELL_LOOP(count, '( : )') },
  { name: 'exec', operations: 100, line: (count) => SHELL_LOOP(count, '/bin/sh -c :') },
  // A byte read and a byte written is two calls.
  { name: 'syscall', operations: 60_000, line: (count) => `dd if=/dev/zero of=/dev/null bs=1 count=${count / 2}` },
  {
    name: 'pipe',
    operations: 1000,
    line: (count) =>
      [
        'rm -f /tmp/there /tmp/back && mkfifo /tmp/there /tmp/back',
        '{ (while read x; do echo $x; done < /tmp/there > /tmp/back) & }',
        `exec 3> /tmp/there 4< /tmp/back; ${SHELL_LOOP(count, 'echo $i >&3; read y <&4')}`,
        `exec 3>&- 4<&-; wait; [ "$y" = ${count - 1} ]`,
      ].join(' && '),
  },
];

export interface LinuxSample {
  readonly pieces: Readonly<Partial<Record<LinuxPiece, Piece & { readonly operations: number }>>>;
  readonly peakMiB: number;
}

/** Words that may help where the RAM disk has no /init of its own, tried in this order. */
const fallbacks = ['', 'rdinit=/bin/sh'];

function boot(kernel: Kernel, engine: EngineName): { guest: LinuxGuest; boot: Piece } {
  for (const [index, words] of fallbacks.entries()) {
    const guest = new LinuxGuest(kernel, engine, words);
    try {
      return { guest, boot: guest.boot() };
    } catch (error) {
      if (index === fallbacks.length - 1) throw error;
    }
  }
  throw new Error('no words to boot with');
}

/** Boots a kernel and, unless that is enough, has its shell go through the list; throws a sentence if no shell comes. */
export function runLinux(kernel: Kernel, engine: EngineName, scale: number): LinuxSample {
  const booted = boot(kernel, engine);
  const pieces: Partial<Record<LinuxPiece, Piece & { operations: number }>> = {
    boot: { ...booted.boot, operations: 1 },
  };
  for (const { name, operations, line } of kernel.bootOnly ? [] : pastimes) {
    const piece = booted.guest.piece(line(operations * scale));
    if (piece) pieces[name] = { ...piece, operations: operations * scale };
  }
  return { pieces, peakMiB: peakMiB() };
}
