/** Who was given which address.  There are sixteen; whoever asks when all are taken gets the one given out longest ago. */

import { FIRST_GUEST, LAST_GUEST } from './addresses.ts';

export class Leases {
  /** By Ethernet address in hex, the latest last. */
  private readonly byClient = new Map<string, number>();

  /** The address the latest client was given, if there is one. */
  get latest(): number | null {
    return [...this.byClient.values()].at(-1) ?? null;
  }

  /** The client's address: the one it has, else the one it wants, else the lowest that is free. */
  addressFor(client: Uint8Array, wanted: number | null): number {
    const key = hexOf(client);
    const address = this.byClient.get(key) ?? this.free(wanted);
    this.byClient.delete(key);
    this.byClient.set(key, address);
    return address;
  }

  release(client: Uint8Array): void {
    this.byClient.delete(hexOf(client));
  }

  clear(): void {
    this.byClient.clear();
  }

  private free(wanted: number | null): number {
    const taken = new Set(this.byClient.values());
    if (wanted !== null && wanted >= FIRST_GUEST && wanted <= LAST_GUEST && !taken.has(wanted)) return wanted;
    for (let address = FIRST_GUEST; address <= LAST_GUEST; address++) if (!taken.has(address)) return address;
    const [[oldest, address]] = this.byClient;
    this.byClient.delete(oldest);
    return address;
  }
}

function hexOf(mac: Uint8Array): string {
  return Array.from(mac, (byte) => byte.toString(16).padStart(2, '0')).join(':');
}
