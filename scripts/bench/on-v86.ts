/**
 * The same image on v86, the emulator people would otherwise take: loaded by its own multiboot loader, without a BIOS,
 * with the memory our board has.  It runs as it always does under Node, a millisecond at a time; nothing is tuned for
 * it or against it.
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { V86 } from 'v86';
import { MIB } from '../../core/launcher/load-guest.ts';
import { MARK_PORT } from '../../main/marked-ports.ts';
import { type ProcessorTime, peakMiB, processorTime, timeBetween } from '../../main/processor-time.ts';
import { bareImagePath } from '../bare-images.ts';
import { readResultLine } from './result-line.ts';
import { type BareRequest, commandLineOf, RAM_MIB, type Sample } from './sample.ts';

/** Its own default is eight; nobody here looks at a screen. */
const VIDEO_MIB = 1;
const EXIT_PORT = 0xf4;

/** What v86 shows to whoever looks, beside what its types declare. */
interface Innards {
  readonly v86: {
    readonly cpu: {
      readonly io: { register_write(port: number, device: object, write8: (value: number) => void): void };
    };
  };
}

interface Mark {
  readonly instructions: number;
  readonly time: ProcessorTime;
}

function newEmulator(request: BareRequest): V86 {
  const image = readFileSync(bareImagePath(request.image));
  return new V86({
    wasm_path: join(dirname(createRequire(import.meta.url).resolve('v86')), 'v86.wasm'),
    memory_size: RAM_MIB * MIB,
    vga_memory_size: VIDEO_MIB * MIB,
    multiboot: { buffer: new Uint8Array(image).buffer },
    cmdline: commandLineOf(request),
    autostart: false,
  });
}

/** Throws a sentence if the workload fails.  Call it once per process: what v86 leaves behind, nobody has looked into. */
export async function runOnV86(request: BareRequest): Promise<Sample> {
  const emulator = newEmulator(request);
  let text = '';
  const marks: Mark[] = [];
  emulator.add_listener('serial0-output-byte', (byte) => {
    text += String.fromCharCode(byte);
  });
  await new Promise<void>((resolve) => emulator.add_listener('emulator-ready', resolve));
  // v86 has no types for its inside, and its own tests go the same way.
  const { io } = (emulator as unknown as Innards).v86.cpu;
  io.register_write(MARK_PORT, {}, () => {
    marks.push({ instructions: emulator.get_instruction_counter(), time: processorTime() });
  });
  const ended = new Promise<void>((resolve) => io.register_write(EXIT_PORT, {}, () => resolve()));
  await emulator.run();
  await ended;
  await emulator.destroy();
  const [begin, end] = marks;
  const line = readResultLine(text, 'v86');
  return {
    ...line,
    ...timeBetween(begin.time, end.time),
    instructions: (end.instructions - begin.instructions) >>> 0, // its counter has 32 bits
    peakMiB: peakMiB(),
  };
}
