/**
 * The one table of what a window may ask.  Each line says what must come along and what comes back; the router in main
 * checks the first before anybody sees it, and the types of both sides are derived from here.
 */

import * as v from 'valibot';
import type { ComparisonView } from './comparisons.ts';
import { comparisonRequest } from './comparisons.ts';
import type { CrossingDetail, CrossingView } from './crossings.ts';
import { filePath, type KernelFacts, type MachineView, machineId, machineSettings } from './machines.ts';
import { type Preferences, preferences } from './preferences.ts';

export interface Sample {
  readonly name: string;
  readonly summary: string;
  /** Words for its command line, each with a sentence. */
  readonly workloads: readonly { readonly append: string; readonly summary: string }[];
}

export interface LogLine {
  readonly at: string;
  readonly level: 'fine' | 'warning' | 'error';
  /** Machine the line is about, or empty. */
  readonly machine: string;
  readonly sentence: string;
}

export interface About {
  readonly version: string;
  readonly front: 'desktop' | 'browser';
  readonly dataFolder: string;
  readonly platform: string;
}

/** A declaration of what an answer is; nothing of it exists at run time. */
const answers = <A>(): { readonly of?: () => A } => ({});

const id = v.strictObject({ id: machineId });
const nothing = v.strictObject({});
const comparison = v.strictObject({ comparison: machineId });
/** A key or a paste; longer ones are sent in pieces. */
const typed = v.pipe(
  v.instance(Uint8Array),
  v.check((bytes) => bytes.length <= 64 * 1024, 'too much at once'),
);

export const requests = {
  'library.list': { argument: nothing, answer: answers<readonly MachineView[]>() },
  'library.samples': { argument: nothing, answer: answers<readonly Sample[]>() },
  'library.create': { argument: v.strictObject({ settings: machineSettings }), answer: answers<MachineView>() },
  'library.edit': {
    argument: v.strictObject({ id: machineId, settings: machineSettings }),
    answer: answers<MachineView>(),
  },
  'library.clone': { argument: id, answer: answers<MachineView>() },
  'library.delete': { argument: id, answer: answers<null>() },
  /** Writes one file with everything in it. */
  'library.export': { argument: v.strictObject({ id: machineId, to: filePath }), answer: answers<null>() },
  'library.import': { argument: v.strictObject({ from: filePath }), answer: answers<MachineView>() },
  /** What is known of a kernel file or sample, for the wizard. */
  'library.inspect': {
    /** `machine` for the library's own copies, which settings name without a folder. */
    argument: v.strictObject({ image: machineSettings.entries.image, machine: v.optional(machineId) }),
    answer: answers<KernelFacts>(),
  },

  'machine.start': { argument: id, answer: answers<null>() },
  'machine.pause': { argument: id, answer: answers<null>() },
  'machine.resume': { argument: id, answer: answers<null>() },
  /** The same image from the beginning, at once. */
  'machine.reset': { argument: id, answer: answers<null>() },
  'machine.powerOff': { argument: id, answer: answers<null>() },
  'machine.fastPath': { argument: v.strictObject({ id: machineId, on: v.boolean() }), answer: answers<null>() },
  'machine.type': { argument: v.strictObject({ id: machineId, bytes: typed }), answer: answers<null>() },
  'machine.resizeConsole': {
    argument: v.strictObject({
      id: machineId,
      columns: v.pipe(v.number(), v.integer(), v.minValue(2), v.maxValue(1000)),
      rows: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)),
    }),
    answer: answers<null>(),
  },
  /** Console bytes from `at` on come as events from now on; what main no longer keeps is told by where they begin. */
  'console.open': {
    argument: v.strictObject({ id: machineId, at: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
    answer: answers<{ run: number; at: number }>(),
  },
  'console.close': { argument: id, answer: answers<null>() },
  /** The window has drawn everything up to `at`: a guest that prints a flood waits for this. */
  'console.drawn': {
    argument: v.strictObject({ id: machineId, at: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
    answer: answers<null>(),
  },
  /** The end of what was printed, at most 8 KiB, for the miniature; opens nothing and holds nobody up. */
  'console.glimpse': { argument: id, answer: answers<{ run: number; at: number; bytes: Uint8Array }>() },
  'console.saveLog': { argument: v.strictObject({ id: machineId, to: filePath }), answer: answers<null>() },
  'counters.watch': { argument: v.strictObject({ id: machineId, on: v.boolean() }), answer: answers<null>() },

  /** The last crossings, oldest first. Recording costs time, so it happens only while somebody watches. */
  'crossings.record': { argument: v.strictObject({ id: machineId, on: v.boolean() }), answer: answers<null>() },
  'crossings.read': {
    argument: v.strictObject({ id: machineId, last: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5000)) }),
    answer: answers<readonly CrossingView[]>(),
  },
  'crossings.detail': {
    argument: v.strictObject({ id: machineId, number: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
    answer: answers<CrossingDetail>(),
  },

  'compare.list': { argument: nothing, answer: answers<readonly ComparisonView[]>() },
  'compare.start': { argument: comparisonRequest, answer: answers<{ comparison: string }>() },
  'compare.cancel': { argument: comparison, answer: answers<null>() },
  'compare.delete': { argument: comparison, answer: answers<null>() },
  'compare.export': {
    argument: v.strictObject({ comparison: machineId, format: v.picklist(['json', 'csv', 'html']), to: filePath }),
    answer: answers<null>(),
  },

  'app.about': { argument: nothing, answer: answers<About>() },
  'app.preferences': { argument: nothing, answer: answers<Preferences>() },
  'app.prefer': { argument: preferences, answer: answers<Preferences>() },
  'app.log': { argument: nothing, answer: answers<readonly LogLine[]>() },
  /** A file to read or write, chosen by the person; null if they changed their mind. In a browser the page asks itself. */
  'app.chooseFile': {
    argument: v.strictObject({
      purpose: v.picklist(['kernel', 'initrd', 'disk', 'machine', 'save']),
      suggestedName: v.pipe(v.string(), v.maxLength(200)),
    }),
    answer: answers<string | null>(),
  },
} as const;

export type Method = keyof typeof requests;
export type Argument<M extends Method> = v.InferOutput<(typeof requests)[M]['argument']>;
export type Answer<M extends Method> = (typeof requests)[M]['answer'] extends { readonly of?: () => infer A }
  ? A
  : never;
