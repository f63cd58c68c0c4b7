/**
 * What the host does for a guest that asks.  Every argument is a number the guest made up: each call checks its own
 * before it uses them, and a guest that asks for nonsense dies of it.  There are no error codes: lguest never had any.
 */

import type { GuestPhysical } from '../agreement/addresses.ts';
import { PAGE_BYTES } from '../agreement/addresses.ts';
import { INSTRUCTIONS_PER_MICROSECOND } from '../agreement/clock.ts';
import {
  type HypercallName,
  hypercall,
  lguestNames,
  POWER_OFF_TEXT,
  SHUTDOWN_TEXT_BYTES,
  shutdownReason,
} from '../agreement/hypercalls.ts';
import { SWITCHER_ADDRESS } from '../agreement/page-tables.ts';
import { GUEST_RING } from '../agreement/segments.ts';
import { changed, type GuestCpu } from './guest-cpu.ts';
import { initialize } from './guest-handshake.ts';
import { type HypercallArguments, readRegisterCall, readyInRing, takeRingCall } from './hypercall-arguments.ts';
import { loadIdtEntry } from './interrupts-and-traps.ts';
import { endGuest, hex, killGuest } from './kill-guest.ts';
import type { BoardTime } from './lguest-data.ts';
import { pinStackPages } from './page-tables.ts';
import { loadGdt, loadGdtEntry, loadTls } from './segments.ts';
import {
  flushEverything,
  flushUser,
  newPageTable,
  setPageDirectoryEntry,
  setPageTableEntry,
} from './shadow-directories.ts';

/** Takes what it needs out of the call itself: numbers handed to a function nobody knows beforehand are boxed. */
type Serve = (cpu: GuestCpu, call: HypercallArguments, now: BoardTime) => void;

/** Being an exit is all they are for: whatever the exit brings with it happens anyway. */
const nothing: Serve = () => undefined;

const served: Record<HypercallName, Serve> = {
  flushAsync: nothing,
  initialize: (cpu, _call, now) => initialize(cpu, now),
  shutdown: (cpu, { first: text, second: reason }) => shutdown(cpu, text, reason),
  loadGdt: (cpu, { first: table, second: entries }) => loadGdt(cpu, table, entries),
  newPageTable: (cpu, { first: directory }) => newPageTable(cpu, directory),
  flushTlb: (cpu, { first: everything }) => (everything ? flushEverything(cpu) : flushUser(cpu)),
  loadIdtEntry: (cpu, { first: number, second: low, third: high }) => loadIdtEntry(cpu, number, low, high),
  setStack: (cpu, { first: segment, second: pointer, third: pages }) => setStack(cpu, segment, pointer, pages),
  taskSwitched: (cpu, { first: set }) => {
    cpu.taskSwitched = set !== 0;
  },
  setClockEvent: (cpu, { first: nanoseconds }, now) => setClockEvent(cpu, nanoseconds, now),
  halt: (cpu) => {
    cpu.halted = true;
  },
  setPageMiddle: (cpu) => killGuest(cpu, 'spoke of page middle directories, but this host has no PAE'),
  setPageTableEntry: (cpu, { first: directory, second: address, third: value }) =>
    setPageTableEntry(cpu, directory, address, value),
  setPageDirectoryEntry: (cpu, { first: directory, second: index }) => setPageDirectoryEntry(cpu, directory, index),
  loadTls: (cpu, { first: table }) => loadTls(cpu, table),
  notify: (cpu, { first: address }) => notify(cpu, address),
  loadGdtEntry: (cpu, { first: index, second: low, third: high }) => loadGdtEntry(cpu, index, low, high),
  sendInterrupts: nothing,
};

/** By number: how it is served, and what lguest calls it. */
const calls: { readonly title: string; readonly serve: Serve }[] = [];
for (const name of Object.keys(hypercall) as HypercallName[]) {
  // its own keys
  calls[hypercall[name]] = { title: lguestNames[name], serve: served[name] };
}

// @journey host/hypercalls  What a guest may ask
// A guest kernel asks by putting a number in eax and taking a trap no program is allowed to take.  Because a trap costs
// two trips through the Switcher, it may also leave questions in a ring and let the next trap carry them all: those are
// answered first, in order, and then the one it came for.
/** Serves the ring, then the call the guest trapped for. A notification stops it half way, to be resumed later. */
export function serveHypercalls(cpu: GuestCpu, now: BoardTime): void {
  for (let ready = readyInRing(cpu); ready > 0; ready--) {
    takeRingCall(cpu, cpu.call);
    cpu.counters.asynchronousHypercalls++;
    serveHypercall(cpu, now);
    if (cpu.dead !== null || cpu.notification !== null) return;
  }
  cpu.hypercallPending = false;
  readRegisterCall(cpu, cpu.call);
  serveHypercall(cpu, now);
}
// @end

/** The call in `cpu.call`. */
function serveHypercall(cpu: GuestCpu, now: BoardTime): void {
  const { number } = cpu.call;
  const call = number < calls.length ? calls[number] : undefined;
  cpu.counters.hypercalls++;
  cpu.tallies.hypercalls.add(call === undefined ? 'unknown' : call.title);
  if (call === undefined) {
    killGuest(cpu, `made hypercall ${hex(number)}, which does not exist`);
  } else if (cpu.lguestData === null && number !== hypercall.initialize) {
    killGuest(cpu, `made hypercall ${hex(number)} before LGUEST_INIT`);
  } else {
    call.serve(cpu, cpu.call, now);
  }
}

const MOST_STACK_PAGES = 2;

function setStack(cpu: GuestCpu, segment: number, pointer: number, pages: number): void {
  if ((segment & 3) !== GUEST_RING) {
    killGuest(cpu, `set its stack segment to ${hex(segment)}, which is not of ring 1`);
  } else if (pages > MOST_STACK_PAGES) {
    killGuest(cpu, `set a stack of ${hex(pages)} pages`);
  } else if (pointer > SWITCHER_ADDRESS || pointer < pages * PAGE_BYTES) {
    // The Switcher's own pages are writable for ring-1 pushes: a stack there would run through the saved registers.
    killGuest(cpu, `set its stack to ${hex(pointer)}`);
  } else {
    cpu.stack = { segment: segment & 0xffff, pointer, pages };
    cpu.changed |= changed.stack;
    pinStackPages(cpu);
  }
}

const NANOSECONDS_PER_MICROSECOND = 1000;

function setClockEvent(cpu: GuestCpu, nanoseconds: number, now: BoardTime): void {
  const instructions = Math.ceil((nanoseconds * INSTRUCTIONS_PER_MICROSECOND) / NANOSECONDS_PER_MICROSECOND);
  cpu.clockDeadline = nanoseconds === 0 ? null : now.clock + instructions;
}

function notify(cpu: GuestCpu, address: number): void {
  if (cpu.memory.holds(address, 1)) cpu.notification = address as GuestPhysical;
  else killGuest(cpu, `notified ${hex(address)}, beyond its memory`);
}

function shutdown(cpu: GuestCpu, text: number, reason: number): void {
  if (reason === shutdownReason.restart) {
    endGuest(cpu, 'restart', 'the guest asked for a restart');
    return;
  }
  if (!cpu.memory.holds(text, 1)) {
    killGuest(cpu, `shut down with its last words at ${hex(text)}, beyond its memory`);
    return;
  }
  const words = readText(cpu, text as GuestPhysical); // checked above
  if (words === POWER_OFF_TEXT) endGuest(cpu, 'power off', words);
  else killGuest(cpu, `shut down: ${words}`);
}

const FIRST_PRINTABLE = 0x20;
const LAST_PRINTABLE = 0x7e;

/** A text of the guest's, made harmless for terminals: it may end nowhere and hold anything. */
function readText(cpu: GuestCpu, at: GuestPhysical): string {
  const bytes = cpu.memory.readBytes(at, Math.min(SHUTDOWN_TEXT_BYTES, cpu.memory.size - at));
  const end = bytes.indexOf(0);
  const shown = [...(end < 0 ? bytes : bytes.subarray(0, end))].map((byte) =>
    byte >= FIRST_PRINTABLE && byte <= LAST_PRINTABLE ? String.fromCharCode(byte) : ' ',
  );
  return shown.join('').trim();
}
