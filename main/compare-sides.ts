/** The separate worlds of a comparison's two runs: for each a board, devices and a trace, all made from the same inputs. */

import type { Host } from '../core/host/guest-events.ts';
import type { Side } from '../core/launcher/compare.ts';
import { Arrivals } from './arrivals.ts';
import { type Circumstances, circumstancesOf } from './circumstances.ts';
import type { CommandIo } from './command-io.ts';
import { GuestDevices } from './guest-devices.ts';
import type { RunRequest } from './guest-requests.ts';
import { checkRepeatable } from './network/net-option.ts';
import { newHost } from './new-host.ts';
import { TraceFile } from './trace-file.ts';

interface World {
  readonly devices: GuestDevices;
  readonly trace: TraceFile | null;
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
  static async open(request: RunRequest, io: CommandIo): Promise<CompareSides> {
    for (const device of request.guests[0].devices) if (device.kind === 'net') checkRepeatable(device.spec);
    const sides = new CompareSides(request, circumstancesOf(request, true, io.date()));
    try {
      for (const side of ['off', 'on'] as const) await sides.openWorld(side, io);
    } catch (error) {
      sides.close();
      throw error;
    }
    return sides;
  }

  newHost(side: Side): Host {
    const { wallClockSeconds } = this.circumstances;
    const memories = this.request.guests.map(({ memoryMiB }) => memoryMiB);
    return newHost(memories, { wallClockSeconds, onCrossing: this.worlds.get(side)?.trace?.write });
  }

  devices(side: Side) {
    const { devices } = this.worlds.get(side)!; // both were opened
    return { newModels: () => devices.newModels(0), tick: (boardMs: number) => devices.tick(boardMs) };
  }

  close(): void {
    for (const { devices, trace } of this.worlds.values()) {
      devices.close();
      trace?.close();
    }
    this.worlds.clear();
  }

  private async openWorld(side: Side, io: CommandIo): Promise<void> {
    const { request, circumstances } = this;
    const devices = await GuestDevices.open(request.guests, {
      arrivals: new Arrivals(),
      circumstances,
      throwaway: true,
      report: (_, sentence) => io.stderr.write(`astride: fast path ${side}: ${sentence}\n`),
    });
    const trace = request.traceFile === null ? null : new TraceFile(`${request.traceFile}.${side}`);
    this.worlds.set(side, { devices, trace });
  }
}
