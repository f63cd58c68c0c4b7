/**
 * What `boot` and `compare` have in common: which guest, with what.  A guest named by --beside starts a new request, and
 * the options that follow it are its own:
 *
 *      boot faults --memory 64 --beside trouble --append mode=bad-hypercall
 */

import type { DeviceFace } from '../core/launcher/device-faces.ts';
import { ImageError } from '../core/launcher/image-error.ts';
import { checkMemoryMiB } from '../core/launcher/load-guest.ts';
import type { EngineName } from '../core/x86/board.ts';
import { readDateOption } from './date-option.ts';
import { type DiskSpec, readDiskOption } from './disks/disk-option.ts';
import { readEngine, usualEngine } from './engine-option.ts';
import { readWholeFile } from './files.ts';
import { type NetSpec, readNetOption } from './network/net-option.ts';
import { type OptionTable, onOrOff, readWords, seconds, type Word, wholeNumber } from './options.ts';
import { DEFAULT_MEMORY_MIB } from './run-options.ts';
import { findImage, type NamedImage } from './samples.ts';
import { UsageError } from './usage-error.ts';

export type DeviceRequest =
  | { readonly kind: 'disk'; readonly spec: DiskSpec }
  | { readonly kind: 'net'; readonly spec: NetSpec }
  | { readonly kind: 'rng' };

export interface GuestRequest {
  readonly image: NamedImage;
  readonly initrd: Uint8Array | null;
  readonly commandLine: string;
  readonly memoryMiB: number;
  readonly fastPath: boolean;
  /** In the order they were asked for, which is the order the guest finds them in. */
  readonly devices: readonly DeviceRequest[];
  readonly deviceFace: DeviceFace;
}

export interface RunRequest {
  /** The first is the one on the console. */
  readonly guests: readonly GuestRequest[];
  /** Seconds since 1970; null if nothing was said. */
  readonly date: number | 'now' | null;
  readonly seed: string | null;
  readonly reboots: boolean;
  readonly timeoutSeconds: number | null;
  readonly budgetInstructions: number | null;
  readonly countersFile: string | null;
  readonly traceFile: string | null;
  readonly json: boolean;
  readonly engine: EngineName;
}

/** With the host's own share and the processor's tables this stays within the 4 GiB a WebAssembly memory may have. */
const LARGEST_BOARD_MIB = 3072;

interface Draft {
  word: string | null;
  initrd: string | null;
  append: string[];
  memory: string | null;
  fastPath: boolean;
  devices: DeviceRequest[];
  deviceFace: DeviceFace;
}

const newDraft = (word: string | null): Draft => ({
  word,
  initrd: null,
  append: [],
  memory: null,
  fastPath: true,
  devices: [],
  deviceFace: 'auto',
});

/** Reads a `boot` or `compare` command line; throws UsageError. Files are read, so that they are missing now or never. */
export function readRunRequest(argv: readonly string[], table: OptionTable): RunRequest {
  return readRunWords(argv, table).request;
}

/** The same, with the values of a command's own options. */
export function readRunWords(
  argv: readonly string[],
  table: OptionTable,
): { readonly request: RunRequest; readonly values: ReadonlyMap<string, string> } {
  const [ours, theirs] = splitAtDashes(argv);
  const drafts = [newDraft(null)];
  const rest = new Map<string, string>();
  for (const word of readWords(ours, table)) readWord(word, drafts, rest);
  for (const text of appendedWords(theirs)) drafts[0].append.push(text);
  if (drafts[0].word === null)
    throw new UsageError('which guest? "list" shows the samples, and any kernel file will do');
  const guests = drafts.map(finishDraft);
  checkBoard(guests);
  const given = <Value>(name: string, read: (text: string) => Value): Value | null => {
    const text = rest.get(name);
    return text === undefined ? null : read(text);
  };
  const request: RunRequest = {
    guests,
    date: given('date', readDateOption),
    seed: given('seed', String),
    reboots: !rest.has('no-reboot'),
    timeoutSeconds: given('timeout', (text) => seconds('--timeout', text)),
    budgetInstructions: given('budget', (text) => wholeNumber('--budget', text, 1)),
    countersFile: given('counters', String),
    traceFile: given('trace', String),
    json: rest.has('json'),
    engine: given('engine', readEngine) ?? usualEngine(),
  };
  return { request, values: rest };
}

function checkBoard(guests: readonly GuestRequest[]): void {
  const boardMiB = guests.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0);
  if (boardMiB <= LARGEST_BOARD_MIB) return;
  throw new UsageError(`the guests want ${boardMiB} MiB together, and a board has ${LARGEST_BOARD_MIB}`);
}

function splitAtDashes(argv: readonly string[]): [readonly string[], readonly string[]] {
  const at = argv.indexOf('--');
  return at < 0 ? [argv, []] : [argv.slice(0, at), argv.slice(at + 1)];
}

/** Behind a bare `--` everything belongs to the kernel; `--append TEXT` is taken for what it means there too. */
function appendedWords(words: readonly string[]): string[] {
  return words.filter((word) => word !== '--append').map((word) => word.replace(/^--append=/, ''));
}

function readWord(word: Word, drafts: Draft[], rest: Map<string, string>): void {
  const value = word.value ?? '';
  if (word.kind === 'positional') {
    if (drafts[0].word !== null)
      throw new UsageError(`one guest at a time: what is "${value}"? (--beside adds guests)`);
    drafts[0].word = value;
  } else if (word.name === 'beside') drafts.push(newDraft(value));
  else if (!readGuestOption(word.name, value, drafts[drafts.length - 1])) rest.set(word.name, value);
}

/** False if it is none of a guest's own. */
function readGuestOption(name: string, value: string, draft: Draft): boolean {
  if (name === 'append') draft.append.push(value);
  else if (name === 'initrd') draft.initrd = value;
  else if (name === 'memory') draft.memory = value;
  else if (name === 'fast-path') draft.fastPath = onOrOff('--fast-path', value);
  else if (name === 'disk') draft.devices.push({ kind: 'disk', spec: readDiskOption(value) });
  else if (name === 'net') draft.devices.push({ kind: 'net', spec: readNetOption(value) });
  else if (name === 'rng') addRng(draft);
  else if (name === 'devices') draft.deviceFace = readDeviceFace(value);
  else return false;
  return true;
}

/** One is as good as two. */
function addRng({ devices }: Draft): void {
  if (!devices.some(({ kind }) => kind === 'rng')) devices.push({ kind: 'rng' });
}

function readDeviceFace(text: string): DeviceFace {
  if (text === 'auto' || text === 'bus' || text === 'pci') return text;
  throw new UsageError(`--devices is auto, bus or pci, not "${text}"`);
}

function finishDraft(draft: Draft): GuestRequest {
  const memoryMiB = draft.memory === null ? DEFAULT_MEMORY_MIB : wholeNumber('--memory', draft.memory, 0);
  checkMemoryMiB(memoryMiB);
  return {
    image: findImage(draft.word!), // only the first may lack one, and that was asked before
    initrd: draft.initrd === null ? null : readWholeFile(draft.initrd),
    commandLine: draft.append.join(' '),
    memoryMiB,
    fastPath: draft.fastPath,
    devices: draft.devices,
    deviceFace: draft.deviceFace,
  };
}

/** What is wrong with an image, with the image's name in front where it is about the image. */
export function imageProblem(error: unknown, path: string): unknown {
  if (!(error instanceof ImageError)) return error;
  const aboutOptions = ['bad memory size', 'bad command line', 'too many devices'].includes(error.kind);
  return new UsageError(aboutOptions ? error.message : `${path}: ${error.message}`);
}
