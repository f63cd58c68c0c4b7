/**
 * The separate worlds of a comparison's two runs: for each a board, devices and a trace, all made from the same inputs.
 * The command line opens both; where each side has a thread of its own, each opens one.
 */

import type { Host } from '../core/host/guest-events.ts';
import type { CompareOptions, Side } from '../core/launcher/compare.ts';
import { Arrivals } from './arrivals.ts';
import { type Circumstances, circumstancesOf } from './circumstances.ts';
import { GuestDevices } from './guest-devices.ts';
import type { RunRequest } from './guest-requests.ts';
import { checkRepeatable } from './network/net-option.ts';
import { newHost } from './new-host.ts';
import { TraceFile } from './trace-file.ts';

interface World {
  readonly devices: GuestDevices;
  readonly trace: TraceFile | null;
}

export interface SidesTerms {
  readonly sides: readonly Side[];
  /** Milliseconds since 1970, for whoever asked for today. */
  readonly today: number;
  /** A sentence about a device. */
  readonly report: (side: Side, sentence: string) => void;
}

export class CompareSides {
  private readonly request: RunRequest;
  private readonly circumstances: Circumstances;
  private readonly worlds = new Map<Side, World>();

  private constructor(request: RunRequest, circumstances: Circumstances) {
    this.request = request;
    this.circumstances = circumstances;
  }

  /** Opens all files; throws UsageError, and then nothing stays open. */
  static async open(request: RunRequest, terms: SidesTerms): Promise<CompareSides> {
    for (const device of request.guests[0].devices) if (device.kind === 'net') checkRepeatable(device.spec);
    const sides = new CompareSides(request, circumstancesOf(request, true, terms.today));
    try {
      for (const side of terms.sides) await sides.openWorld(side, terms);
    } catch (error) {
      sides.close();
      throw error;
    }
    return sides;
  }

  /** What core needs to run the sides. */
  options(now: () => number): Omit<CompareOptions, 'addedLines'> {
    const { request } = this;
    const [{ image, initrd, commandLine, memoryMiB, deviceFace, devices }] = request.guests;
    return {
      freshHost: (side) => this.newHost(side),
      name: image.name,
      image: image.bytes,
      initrd,
      commandLine,
      memoryMiB,
      devices: devices.length === 0 ? undefined : (side) => this.devices(side),
      deviceFace,
      restarts: request.reboots,
      budgetInstructions: request.budgetInstructions,
      now,
    };
  }

  close(): void {
    for (const { devices, trace } of this.worlds.values()) {
      devices.close();
      trace?.close();
    }
    this.worlds.clear();
  }

  private newHost(side: Side): Host {
    const { wallClockSeconds } = this.circumstances;
    const { guests, engine } = this.request;
    const memories = guests.map(({ memoryMiB }) => memoryMiB);
    return newHost(memories, { wallClockSeconds, onCrossing: this.worlds.get(side)?.trace?.write, engine });
  }

  private devices(side: Side) {
    const { devices } = this.worlds.get(side)!; // nobody runs a side that was not opened
    return { newModels: () => devices.newModels(0), tick: (boardMs: number) => devices.tick(boardMs) };
  }

  private async openWorld(side: Side, terms: SidesTerms): Promise<void> {
    const { request, circumstances } = this;
    const devices = await GuestDevices.open(request.guests, {
      arrivals: new Arrivals(),
      circumstances,
      throwaway: true,
      report: (_, sentence) => terms.report(side, sentence),
    });
    const trace = request.traceFile === null ? null : new TraceFile(`${request.traceFile}.${side}`);
    this.worlds.set(side, { devices, trace });
  }
}
