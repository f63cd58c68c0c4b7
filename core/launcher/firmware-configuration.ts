/**
 * QEMU's fw_cfg in its oldest and smallest form (QEMU docs/specs/fw_cfg): a 16-bit selector port, and a port that gives
 * the selected item byte by byte.  Test suites written for QEMU ask it how many processors and how much memory there
 * are, and believe all-ones if nobody answers.  It knows those two and its own name; all else is empty.
 */

const SELECTOR_PORT = 0x510;
const VALUE_PORT = 0x511;
const item = { signature: 0, interfaces: 1, memoryBytes: 3, processors: 5, mostProcessors: 15 } as const;
const SIGNATURE = [0x51, 0x45, 0x4d, 0x55];
/** The selector and value ports, and no transfers by DMA. */
const TRADITIONAL_INTERFACE = [1, 0, 0, 0];
const ONE = [1, 0];

export class FirmwareConfiguration {
  private readonly items: ReadonlyMap<number, readonly number[]>;
  private selected: readonly number[] = [];
  private next = 0;

  constructor(memoryBytes: number) {
    this.items = new Map<number, readonly number[]>([
      [item.signature, SIGNATURE],
      [item.interfaces, TRADITIONAL_INTERFACE],
      [item.memoryBytes, littleEndian(memoryBytes, 8)],
      [item.processors, ONE],
      [item.mostProcessors, ONE],
    ]);
  }

  owns(port: number): boolean {
    return port === SELECTOR_PORT || port === VALUE_PORT;
  }

  /** Bytes behind an item's end are zero. */
  read(port: number): number {
    return port === VALUE_PORT ? (this.selected[this.next++] ?? 0) : 0;
  }

  write(port: number, value: number): void {
    if (port !== SELECTOR_PORT) return;
    this.selected = this.items.get(value & 0xffff) ?? [];
    this.next = 0;
  }
}

function littleEndian(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, index) => Math.floor(value / 256 ** index) % 256);
}
