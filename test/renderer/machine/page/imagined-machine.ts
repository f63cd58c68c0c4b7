/**
 * A machine that was never built: prints what a test tells it to, waits for what it printed to be drawn as main does, and
 * counts as a guest that faults all day would.
 */

import { zeroCounters } from '../../../../core/counters/list.ts';
import type { CounterSample } from '../../../../core/protocol/counting.ts';
import type { MachineView, RunState } from '../../../../core/protocol/machines.ts';
import { defaultPreferences } from '../../../../core/protocol/preferences.ts';
import { RefusedRequest } from '../../../../renderer/connection.ts';
import { exampleMachine } from '../../example-machines.ts';
import { fakeConnection } from '../../fake-connection.ts';

/** Main holds a guest back that is this far ahead of what was drawn. */
const AHEAD = 512 * 1024;
/** Enough to begin again anywhere a window may be. */
const KEPT = 2 * AHEAD;
const LINE_BYTES = 64;
export const ID = 'faults';

/** Every line says which one it is. */
export function floodLine(number: number): string {
  return `line ${String(number).padStart(9, '0')} ${'abcdefghijklmnopqrstuvwxyz0123456789'.repeat(2)}`.slice(
    0,
    LINE_BYTES - 2,
  );
}

export function imaginedMachine() {
  const text = new TextEncoder();
  let machine: MachineView = exampleMachine(
    ID,
    { state: { is: 'running' } },
    { image: { kind: 'sample', name: 'faults' }, commandLine: 'pattern=touch pages=10000' },
  );
  let preferences = defaultPreferences;
  let run = 1;
  /** The end of what was printed in this run, and where it begins: like main, we keep some and not all. */
  let kept = new Uint8Array(0);
  let keptAt = 0;
  let sent = 0;
  let drawn = 0;
  let open = false;
  let watched = false;
  let source: (() => string | null) | null = null;
  const typed: string[] = [];
  const sizes: string[] = [];

  const fake = fakeConnection({
    'library.list': () => [machine],
    'library.samples': () => [],
    'compare.list': () => [],
    'app.log': () => [],
    'app.about': () => ({ version: '0.1.0', front: 'browser', dataFolder: '/data', platform: 'none' }),
    'app.preferences': () => preferences,
    'app.prefer': (wish) => {
      preferences = wish;
      fake.tell('preferences', wish);
      return wish;
    },
    'machine.start': () => restart(),
    'machine.pause': () => become({ is: 'paused' }),
    'machine.resume': () => become({ is: 'running' }),
    'machine.powerOff': () => become({ is: 'ended', end: 'stopped', reason: '' }),
    'machine.fastPath': ({ on }) => change({ settings: { ...machine.settings!, fastPath: on } }),
    'library.edit': ({ settings }) => {
      change({ settings });
      return machine;
    },
    'machine.type': ({ bytes }) => {
      if (machine.state.is !== 'running') throw new RefusedRequest('it does not run');
      typed.push(new TextDecoder().decode(bytes));
      return null;
    },
    'machine.resizeConsole': ({ columns, rows }) => {
      sizes.push(`${columns}x${rows}`);
      return null;
    },
    'console.open': ({ at }) => {
      open = true;
      sent = Math.max(keptAt, Math.min(at, keptAt + kept.length));
      drawn = sent;
      setTimeout(pump, 0);
      return { run, at: sent };
    },
    'console.close': () => {
      open = false;
      return null;
    },
    'console.drawn': ({ at }) => {
      drawn = Math.max(drawn, at);
      pump();
      return null;
    },
    'console.glimpse': () => ({ run, at: keptAt + kept.length, bytes: kept.slice(-4096) }),
    'counters.watch': ({ on }) => {
      watched = on;
      return null;
    },
  });

  function change(part: Partial<MachineView>): null {
    machine = { ...machine, ...part };
    fake.tell('library', [machine]);
    return null;
  }
  const become = (state: RunState) => change({ state });

  function restart(): null {
    run++;
    kept = new Uint8Array(0);
    keptAt = 0;
    sent = 0;
    drawn = 0;
    counting.restart();
    return become({ is: 'running' });
  }

  /** Uneven pieces, as threads and sockets make them. */
  function pump(): void {
    while (open && sent - drawn < AHEAD) {
      if (sent === keptAt + kept.length && !produce()) return;
      const from = sent - keptAt;
      const bytes = kept.slice(from, from + 1 + ((sent * 7919) % 40_000));
      const at = sent;
      sent += bytes.length;
      fake.tell('console', { id: ID, run, at, bytes });
    }
  }

  function produce(): boolean {
    const more = source?.() ?? null;
    if (more === null) return false;
    print(more);
    return true;
  }

  function print(words: string): void {
    const bytes = text.encode(words);
    const dropped = kept.length > KEPT ? kept.length - KEPT : 0;
    const longer = new Uint8Array(kept.length - dropped + bytes.length);
    longer.set(kept.subarray(dropped));
    longer.set(bytes, kept.length - dropped);
    keptAt += dropped;
    kept = longer;
  }

  const counting = imaginedCounting();
  const tick = () => {
    if (watched && machine.state.is === 'running') {
      fake.tell('counters', counting.next(machine.settings?.fastPath ?? false));
    }
  };
  setInterval(tick, 100);

  return {
    connection: fake.connection,
    typed,
    sizes,
    restart,
    become,
    /** Samples of the last so many seconds, all at once: a chart with a past. */
    tick,
    say(words: string): void {
      print(words);
      pump();
    },
    /** So many numbered lines, made as fast as they are taken. */
    flood(lines: number): void {
      let line = 0;
      source = () => {
        if (line >= lines) return null;
        let words = '';
        for (let n = 0; n < 2000 && line < lines; n++) words += `${floodLine(line++)}\r\n`;
        return words;
      };
      pump();
    },
  };
}

function imaginedCounting() {
  let began = performance.now();
  let last = began;
  let counters = zeroCounters();
  let tallies: Record<'roundTrips' | 'hypercalls' | 'handedOn', Record<string, number>>;
  const clear = () => {
    began = performance.now();
    last = began;
    counters = zeroCounters();
    tallies = { roundTrips: {}, hypercalls: {}, handedOn: {} };
  };
  clear();
  const add = (table: Record<string, number>, name: string, more: number) => {
    table[name] = (table[name] ?? 0) + Math.round(more);
  };
  return {
    restart: clear,
    next(fastPath: boolean): CounterSample {
      const now = performance.now();
      const seconds = (now - last) / 1000;
      last = now;
      const wave = 1 + 0.35 * Math.sin(now / 4000) + 0.1 * Math.sin(now / 700);
      const faults = 21_000 * wave * seconds;
      const direct = fastPath ? faults * 0.98 : 0;
      const ticks = 100 * seconds;
      const parts = { setPte: faults, filled: faults * 0.22, ticks, kernel: faults * 0.03 };
      add(counters, 'userPageFaults', faults);
      add(counters, 'reflectedBySwitcher', direct);
      add(counters, 'reflectedByHost', faults - direct);
      add(counters, 'filledByHost', parts.filled);
      add(counters, 'kernelPageFaults', parts.kernel);
      add(counters, 'handedOn', fastPath ? faults * 0.02 + parts.filled : 0);
      add(counters, 'hypercalls', parts.setPte + 40 * ticks);
      add(counters, 'userFaultCrossings', fastPath ? faults * 1.02 : faults * 2);
      add(counters, 'guestUserInstructions', faults * 120);
      add(counters, 'guestKernelInstructions', faults * 260);
      add(counters, 'guestInstructions', faults * 380);
      add(counters, 'switcherInstructions', (fastPath ? 150 : 210) * faults);
      add(tallies.roundTrips, 'user page fault reflected', faults - direct);
      add(tallies.roundTrips, 'page fault filled', parts.filled);
      add(tallies.roundTrips, 'kernel page fault reflected', parts.kernel);
      add(tallies.roundTrips, 'hypercall', parts.setPte);
      add(tallies.roundTrips, 'host interrupt', ticks * 3);
      add(counters, 'roundTrips', faults - direct + parts.filled + parts.kernel + parts.setPte + ticks * 3);
      add(tallies.hypercalls, 'SET_PTE', parts.setPte);
      for (const [index, name] of [
        'FLUSH_TLB',
        'HALT',
        'SET_STACK',
        'TS',
        'SET_PGD',
        'NOTIFY',
        'SET_CLOCKEVENT',
      ].entries()) {
        add(tallies.hypercalls, name, (7 - index) * 12 * ticks * wave);
      }
      if (fastPath) add(tallies.handedOn, 'allowed', parts.filled);
      return {
        id: ID,
        wallMs: now - began,
        boardMs: now - began,
        idleMs: seconds * 1000 * Math.max(0, 0.2 - 0.1 * wave),
        fastPath,
        counters: { ...counters },
        tallies: structuredClone(tallies),
      };
    },
  };
}
