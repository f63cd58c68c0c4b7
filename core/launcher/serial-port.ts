/**
 * The ports a bare program may count on: a serial port it can print through without ever waiting (COM1, a 16550 reduced
 * to its registers), a byte that ends the run, and somebody who knows how large the machine is.  There is nothing to
 * receive and nothing interrupts.
 */

import type { Ports } from '../agreement/ground.ts';
import { FirmwareConfiguration } from './firmware-configuration.ts';

/** PC16550D data sheet, table I. Offsets from the base port. */
const register = { data: 0, interruptEnable: 1, interruptIdentity: 2, lineStatus: 5, modemStatus: 6 } as const;
const SERIAL_BASE = 0x3f8;
const SERIAL_PORTS = 8;
const LINE_CONTROL = 3;
/** Line control bit 7: ports 0 and 1 are the baud rate divisor instead. */
const DIVISOR_LATCH = 0x80;
const DIVISOR_BASE = SERIAL_PORTS;
/** Transmitter and its holding register are empty, always: a write is done when it is made. */
const TRANSMITTER_EMPTY = 0x60;
const NO_INTERRUPT_PENDING = 1;
/** Carrier, data set ready, clear to send. */
const MODEM_READY = 0xb0;
/** QEMU's isa-debug-exit lives here too, and test suites know it. */
const EXIT_PORT = 0xf4;
const NOBODY_HOME = 0xff;

export class BarePorts implements Ports {
  private readonly sink: (byte: number) => void;
  /** The eight registers, then the two halves of the divisor. */
  private readonly registers = new Uint8Array(SERIAL_PORTS + 2);

  private readonly firmware: FirmwareConfiguration;

  constructor(sink: (byte: number) => void, memoryBytes = 0) {
    this.sink = sink;
    this.firmware = new FirmwareConfiguration(memoryBytes);
  }

  /** Wider accesses reach neighbouring byte ports, low byte first, as on an 8-bit bus. */
  read(port: number, size: number): number {
    if (this.firmware.owns(port)) return this.firmware.read(port);
    let value = 0;
    for (let index = size - 1; index >= 0; index--) value = value * 256 + this.readByte(port + index);
    return value;
  }

  write(port: number, size: number, value: number): number | undefined {
    if (port === EXIT_PORT) return ((value & 0xff) << 1) | 1;
    if (this.firmware.owns(port)) this.firmware.write(port, value);
    else for (let index = 0; index < size; index++) this.writeByte(port + index, (value >>> (8 * index)) & 0xff);
    return undefined;
  }

  private readByte(port: number): number {
    const offset = this.registerOf(port);
    if (offset === null) return NOBODY_HOME;
    if (offset === register.data) return 0;
    if (offset === register.interruptIdentity) return NO_INTERRUPT_PENDING;
    if (offset === register.lineStatus) return TRANSMITTER_EMPTY;
    if (offset === register.modemStatus) return MODEM_READY;
    return this.registers[offset];
  }

  private writeByte(port: number, byte: number): void {
    const offset = this.registerOf(port);
    if (offset === register.data) this.sink(byte);
    else if (offset !== null) this.registers[offset] = byte;
  }

  private registerOf(port: number): number | null {
    const offset = port - SERIAL_BASE;
    if (offset < 0 || offset >= SERIAL_PORTS) return null;
    const latched = (this.registers[LINE_CONTROL] & DIVISOR_LATCH) !== 0;
    return latched && offset <= register.interruptEnable ? DIVISOR_BASE + offset : offset;
  }
}
