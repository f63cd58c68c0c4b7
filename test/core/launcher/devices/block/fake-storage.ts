/** A disk in an array, which checks what Storage promises its implementers and fails when it is told to. */

import { type Storage, StorageError } from '../../../../../core/launcher/devices/block/storage.ts';

export class FakeStorage implements Storage {
  readonly bytes: Uint8Array;
  readonly readOnly: boolean;
  failing = false;
  readonly calls: string[] = [];

  constructor(size: number, readOnly = false) {
    this.bytes = new Uint8Array(size);
    this.readOnly = readOnly;
  }

  get size(): number {
    return this.bytes.length;
  }

  read(at: number, into: Uint8Array): void {
    this.note('read', at, into.length);
    into.set(this.bytes.subarray(at, at + into.length));
  }

  write(at: number, from: Uint8Array): void {
    if (this.readOnly) throw new Error('a read-only storage was written to');
    this.note('write', at, from.length);
    this.bytes.set(from, at);
  }

  flush(): void {
    this.note('flush', 0, 0);
  }

  private note(call: string, at: number, length: number): void {
    this.calls.push(call);
    if (this.failing) throw new StorageError('it is on fire');
    if (at < 0 || at % 512 !== 0 || length % 512 !== 0 || at + length > this.size) {
      throw new Error(`${call} of ${length} bytes at ${at} of ${this.size}`);
    }
  }
}
