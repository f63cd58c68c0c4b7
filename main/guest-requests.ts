/**
 * What `boot` and `compare` have in common: which guest, with what.  A guest named by --beside starts a new request, and
 * the options that follow it are its own:
 *
 *      boot faults --memory 64 --beside trouble --append mode=bad-hypercall
 */

import { ImageError } from '../core/launcher/image-error.ts';
import { checkMemoryMiB } from '../core/launcher/load-guest.ts';
import { readWholeFile } from './files.ts';
import { type OptionTable, onOrOff, readWords, seconds, type Word, wholeNumber } from './options.ts';
import { findImage, type NamedImage } from './samples.ts';
import { UsageError } from './usage-error.ts';

export interface GuestRequest {
  readonly image: NamedImage;
  readonly initrd: Uint8Array | null;
  readonly commandLine: string;
  readonly memoryMiB: number;
  readonly fastPath: boolean;
}

export interface RunRequest {
  /** The first is the one on the console. */
  readonly guests: readonly GuestRequest[];
  readonly timeoutSeconds: number | null;
  readonly budgetInstructions: number | null;
  readonly countersFile: string | null;
  readonly traceFile: string | null;
  readonly json: boolean;
}

export const DEFAULT_MEMORY_MIB = 64;
/** With the host's own share and the processor's tables this stays within the 4 GiB a WebAssembly memory may have. */
const LARGEST_BOARD_MIB = 3072;

const sharedOptions: OptionTable = {
  initrd: { type: 'string' },
  append: { type: 'string' },
  memory: { type: 'string' },
  timeout: { type: 'string' },
  budget: { type: 'string' },
  counters: { type: 'string' },
  trace: { type: 'string' },
};
export const bootOptions: OptionTable = {
  ...sharedOptions,
  'fast-path': { type: 'string' },
  beside: { type: 'string' },
};
export const compareOptions: OptionTable = { ...sharedOptions, json: { type: 'boolean' } };

/** Lines of --help for the options both commands share. */
export const sharedHelp = `  --initrd FILE          hand the guest this initial RAM disk
  --append TEXT          add to the kernel's command line (may be repeated)
  --memory MIB           give it this much memory, 4 to 1024 MiB (default ${DEFAULT_MEMORY_MIB})
  --timeout SECONDS      stop after this long on the wall clock
  --budget INSTRUCTIONS  stop at the first crossing after this many instructions, guest and
                         Switcher together: the same place every time`;

interface Draft {
  word: string | null;
  initrd: string | null;
  append: string[];
  memory: string | null;
  fastPath: boolean;
}

const newDraft = (word: string | null): Draft => ({ word, initrd: null, append: [], memory: null, fastPath: true });

/** Reads a `boot` or `compare` command line; throws UsageError. Files are read, so that they are missing now or never. */
export function readRunRequest(argv: readonly string[], table: OptionTable): RunRequest {
  const [ours, theirs] = splitAtDashes(argv);
  const drafts = [newDraft(null)];
  const rest = new Map<string, string>();
  for (const word of readWords(ours, table)) readWord(word, drafts, rest);
  for (const text of appendedWords(theirs)) drafts[0].append.push(text);
  if (drafts[0].word === null)
    throw new UsageError('which guest? "list" shows the samples, and any kernel file will do');
  const guests = drafts.map(finishDraft);
  const boardMiB = guests.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0);
  if (boardMiB > LARGEST_BOARD_MIB) {
    throw new UsageError(`the guests want ${boardMiB} MiB together, and a board has ${LARGEST_BOARD_MIB}`);
  }
  const text = (name: string) => rest.get(name) ?? null;
  const [timeout, budget] = [text('timeout'), text('budget')];
  return {
    guests,
    timeoutSeconds: timeout === null ? null : seconds('--timeout', timeout),
    budgetInstructions: budget === null ? null : wholeNumber('--budget', budget, 1),
    countersFile: text('counters'),
    traceFile: text('trace'),
    json: rest.has('json'),
  };
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
  const draft = drafts[drafts.length - 1];
  const value = word.value ?? '';
  if (word.kind === 'positional') {
    if (drafts[0].word !== null)
      throw new UsageError(`one guest at a time: what is "${value}"? (--beside adds guests)`);
    drafts[0].word = value;
  } else if (word.name === 'beside') drafts.push(newDraft(value));
  else if (word.name === 'append') draft.append.push(value);
  else if (word.name === 'initrd') draft.initrd = value;
  else if (word.name === 'memory') draft.memory = value;
  else if (word.name === 'fast-path') draft.fastPath = onOrOff('--fast-path', value);
  else rest.set(word.name, value);
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
  };
}

/** What is wrong with an image, with the image's name in front where it is about the image. */
export function imageProblem(error: unknown, path: string): unknown {
  if (!(error instanceof ImageError)) return error;
  const aboutOptions = error.kind === 'bad memory size' || error.kind === 'bad command line';
  return new UsageError(aboutOptions ? error.message : `${path}: ${error.message}`);
}
