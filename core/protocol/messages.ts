/** What travels between a window and main, whatever carries it (a MessagePort, a WebSocket). */

import type { CommandName } from './commands.ts';
import type { ComparisonView } from './comparisons.ts';
import type { ConsoleChunk, CounterSample } from './counting.ts';
import type { MachineView } from './machines.ts';
import type { Preferences } from './preferences.ts';
import type { LogLine, Method } from './requests.ts';

/** What main tells without being asked. */
export interface Events {
  /** The whole list, whenever anything in it changed. */
  library: readonly MachineView[];
  console: ConsoleChunk;
  counters: CounterSample;
  comparisons: readonly ComparisonView[];
  preferences: Preferences;
  log: LogLine;
  /** Chosen in a menu outside the page (the desktop front's): a name of the one list of commands. */
  command: CommandName;
}
export type EventName = keyof Events;

export type ToMain = {
  readonly kind: 'request';
  readonly number: number;
  readonly method: Method;
  readonly argument: unknown;
};

export type ToWindow =
  | { readonly kind: 'answer'; readonly number: number; readonly value: unknown }
  /** The request was refused or failed: a sentence for the person. */
  | { readonly kind: 'refusal'; readonly number: number; readonly sentence: string }
  | { [Name in EventName]: { readonly kind: 'event'; readonly name: Name; readonly value: Events[Name] } }[EventName];
