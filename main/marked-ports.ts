/**
 * Port 0xE9 as a stopwatch: a bare program writes a byte there when something begins and when it ends, and we note the
 * instructions and the processor time since the byte before.  Everything else goes on to the ports behind.
 */

import type { Ground, Ports } from '../core/agreement/ground.ts';
import { type ProcessorTime, timeBetween } from './processor-time.ts';

export const MARK_PORT = 0xe9;
/** On other emulators text comes out here; a program that talks is not to fill our memory. */
const MOST_MARKS = 1000;

/** Since the mark before, or since power on. */
export interface Mark extends ProcessorTime {
  readonly value: number;
  readonly instructions: number;
}

export class MarkedPorts implements Ports {
  readonly marks: Mark[] = [];
  private readonly behind: Ports;
  private readonly ground: Ground;
  private readonly clock: () => ProcessorTime;
  private time: ProcessorTime;
  private instructions = 0;

  constructor(ground: Ground, behind: Ports, clock: () => ProcessorTime) {
    this.ground = ground;
    this.behind = behind;
    this.clock = clock;
    this.time = clock();
  }

  read(port: number, size: number): number {
    return this.behind.read(port, size);
  }

  write(port: number, size: number, value: number): number | undefined {
    if (port !== MARK_PORT) return this.behind.write(port, size, value);
    if (this.marks.length < MOST_MARKS) this.mark(value & 0xff);
    return undefined;
  }

  private mark(value: number): void {
    const [time, { instructions }] = [this.clock(), this.ground];
    const { time: before, instructions: begun } = this;
    this.marks.push({ value, instructions: instructions - begun, ...timeBetween(before, time) });
    [this.time, this.instructions] = [time, instructions];
  }
}
