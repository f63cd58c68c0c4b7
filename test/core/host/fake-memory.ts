/** RAM with nothing behind it: enough board to test the host's tables as a library. */

import type { PhysicalMemory } from '../../../core/agreement/ground.ts';

export class FakeMemory implements PhysicalMemory {
  readonly size: number;
  readonly words: Uint32Array;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;

  constructor(size: number) {
    this.size = size;
    this.#bytes = new Uint8Array(size);
    this.words = new Uint32Array(this.#bytes.buffer);
    this.#view = new DataView(this.#bytes.buffer);
  }

  read8(at: number): number {
    return this.#view.getUint8(at);
  }
  read16(at: number): number {
    return this.#view.getUint16(at, true);
  }
  read32(at: number): number {
    return this.#view.getUint32(at, true);
  }
  write8(at: number, value: number): void {
    this.#view.setUint8(at, value);
  }
  write16(at: number, value: number): void {
    this.#view.setUint16(at, value, true);
  }
  write32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }
  readBytes(at: number, length: number): Uint8Array {
    if (at + length > this.size) throw new RangeError(`${length} bytes at ${at} of ${this.size}`);
    return this.#bytes.slice(at, at + length);
  }
  writeBytes(at: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, at);
  }
  fill(at: number, length: number, value: number): void {
    this.#bytes.fill(value, at, at + length);
  }
}
