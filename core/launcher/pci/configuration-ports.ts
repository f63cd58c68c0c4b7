/**
 * The type-1 mechanism (PCI 3.0 §3.2.2.3.2): say which register through one port, then read or write it through another.
 *
 *       31  30    24 23     16 15      11 10       8 7        2 1 0
 *      +---+--------+---------+----------+----------+----------+---+
 *      | 1 |        |   bus   |   slot   | function | register | 0 |
 *      +---+--------+---------+----------+----------+----------+---+
 */

import { onesOf } from '../../host/general-registers.ts';
import type { AccessBytes } from '../../host/guest-events.ts';
import { capabilityBytes } from './capabilities.ts';
import { type ConfigurationSpace, hostBridgeSpace } from './configuration-space.ts';

/** What one slot shows through the ports. */
export interface Configured {
  readSpace(register: number, bytes: AccessBytes): number;
  writeSpace(register: number, bytes: AccessBytes, value: number): void;
}

export const configurationPort = { address: 0xcf8, data: 0xcfc } as const;
const PORT_BYTES = 4;
const ENABLED = 0x8000_0000;
const REGISTER_MASK = 0xfc;
const SLOT_SHIFT = 11;
const SLOT_MASK = 0x1f;
/** Everything that must be 0 on a single bus of devices with a single function. */
const BUS_AND_FUNCTION = 0x00ff_0700;

/** A port that nobody answers reads as ones; that is also how an empty slot says so. */
export const nobody = onesOf;

export class ConfigurationPorts {
  private readonly slots: readonly Configured[];
  private address = 0;

  /** The devices, from slot 1 on. */
  constructor(devices: readonly Configured[]) {
    this.slots = [new HostBridge(), ...devices];
  }

  read(port: number, bytes: AccessBytes): number {
    if (port === configurationPort.address && bytes === PORT_BYTES) return this.address;
    const register = this.registerAt(port, bytes);
    return register === null ? nobody(bytes) : (this.slot?.readSpace(register, bytes) ?? nobody(bytes));
  }

  write(port: number, bytes: AccessBytes, value: number): void {
    // A part of the address is no address: cards leave such writes to whoever else has ports there.
    if (port === configurationPort.address && bytes === PORT_BYTES) this.address = value;
    const register = this.registerAt(port, bytes);
    if (register !== null) this.slot?.writeSpace(register, bytes, value);
  }

  /** The slot spoken of, if there is one. */
  private get slot(): Configured | undefined {
    if ((this.address & ENABLED) === 0 || this.address & BUS_AND_FUNCTION) return undefined;
    return this.slots[(this.address >>> SLOT_SHIFT) & SLOT_MASK];
  }

  /** The register a data port leads to, or null if it is no such port or the register does not answer. */
  private registerAt(port: number, bytes: AccessBytes): number | null {
    const offset = port - configurationPort.data;
    if (offset < 0 || offset + bytes > PORT_BYTES) return null;
    const register = (this.address & REGISTER_MASK) + offset;
    return register + bytes <= capabilityBytes ? register : null;
  }
}

class HostBridge implements Configured {
  private readonly space: ConfigurationSpace = hostBridgeSpace();

  readSpace(register: number, bytes: AccessBytes): number {
    return this.space.read(register, bytes);
  }

  writeSpace(): void {}
}
