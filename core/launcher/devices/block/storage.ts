/** Where a disk keeps its bytes: a file, a copy-on-write overlay, an array in a test.  The block model knows no other. */

export interface Storage {
  /** Bytes, a multiple of 512. */
  readonly size: number;
  readonly readOnly: boolean;
  /** Fills `into` from byte `at`. The range lies within the storage. Throws StorageError if the medium fails. */
  read(at: number, into: Uint8Array): void;
  /** Throws StorageError if the medium fails; never called on a read-only storage. */
  write(at: number, from: Uint8Array): void;
  /** Returns once all that was written would survive a power cut. Throws StorageError. */
  flush(): void;
}

/** The medium failed (full, gone, damaged); the guest sees an I/O error and the report a sentence. */
export class StorageError extends Error {}
