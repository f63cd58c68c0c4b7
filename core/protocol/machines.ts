/**
 * A machine as the library keeps it and as the window shows it.  Settings are what a person chose and what is written to
 * disk; everything else here is derived and never saved by the window.
 */

import * as v from 'valibot';

/** A path on this computer; main checks that it can be read when it is used, not when it is written down. */
export const filePath = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));
const port = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(65535));

export const diskSettings = v.strictObject({
  path: filePath,
  /** 'overlay' keeps what is written in a file beside it. */
  access: v.picklist(['write', 'read only', 'overlay']),
});

export const networkSettings = v.variant('kind', [
  v.strictObject({
    kind: v.literal('user'),
    forwards: v.pipe(v.array(v.strictObject({ hostPort: port, guestPort: port })), v.maxLength(32)),
  }),
  v.strictObject({ kind: v.literal('hub'), name: v.pipe(v.string(), v.minLength(1), v.maxLength(40)) }),
]);

/** Where the kernel comes from: a sample that ships with Astride, or a file the library keeps beside the entry. */
export const imageSettings = v.variant('kind', [
  v.strictObject({ kind: v.literal('sample'), name: v.pipe(v.string(), v.minLength(1), v.maxLength(60)) }),
  v.strictObject({ kind: v.literal('file'), path: filePath }),
]);

/** What executes the guest's code. It changes nothing but how long that takes. */
export const engineNames = ['translator', 'interpreter'] as const;

export const machineSettings = v.strictObject({
  name: v.pipe(v.string(), v.trim(), v.minLength(1, 'a machine needs a name'), v.maxLength(80)),
  notes: v.pipe(v.string(), v.maxLength(20_000)),
  image: imageSettings,
  initrd: v.nullable(filePath),
  commandLine: v.pipe(v.string(), v.maxLength(4095)),
  memoryMiB: v.pipe(v.number(), v.integer(), v.minValue(4), v.maxValue(1024)),
  disks: v.pipe(v.array(diskSettings), v.maxLength(16)),
  networks: v.pipe(v.array(networkSettings), v.maxLength(4)),
  /** A source of randomness of the host's. */
  entropy: v.boolean(),
  devices: v.picklist(['auto', 'bus', 'pci']),
  fastPath: v.boolean(),
  /** Absent in what an Astride without a choice wrote. */
  engine: v.optional(v.picklist(engineNames), engineNames[0]),
});
export type MachineSettings = v.InferOutput<typeof machineSettings>;

export const machineId = v.pipe(v.string(), v.regex(/^[a-z0-9-]{1,64}$/));

export interface LastRun {
  /** ISO 8601. */
  readonly startedAt: string;
  readonly seconds: number;
  /** 'could not start': a file, a port or a setting is not as promised; 'crashed': our own mistake, or no memory left. */
  readonly end: 'powered off' | 'killed' | 'stopped' | 'crashed' | 'could not start';
  readonly reason: string;
}

export type RunState =
  | { readonly is: 'stopped' }
  | { readonly is: 'starting' }
  | { readonly is: 'running' }
  | { readonly is: 'paused' }
  /** The last run ended this way and nobody has started it again. */
  | { readonly is: 'ended'; readonly end: LastRun['end']; readonly reason: string };

/** One line of the library. A damaged entry has a reason in place of its settings, and nothing else stops working. */
export interface MachineView {
  readonly id: string;
  readonly settings: MachineSettings | null;
  readonly damaged: string | null;
  readonly createdAt: string;
  readonly lastRun: LastRun | null;
  readonly state: RunState;
  /** Names of settings that were changed since the running machine was started and that it has not noticed. */
  readonly needsRestart: readonly (keyof MachineSettings)[];
  /** Bytes of the entry's own folder: images, overlays, log. */
  readonly sizeBytes: number;
}

export interface KernelFacts {
  /** Lines as `inspect` prints them: label and text. */
  readonly lines: readonly { readonly label: string; readonly text: string }[];
  /** A sentence why it cannot be booted, or null. */
  readonly objection: string | null;
}
