/**
 * Who is who on the user-mode network, and IPv4 addresses as unsigned numbers.  The plan is the one people know from
 * other user-mode networks, so that notes and scripts written for those hold here.
 */

/** `10.0.2.15` as a number; the text must be well formed. */
export function ipv4(dotted: string): number {
  return dotted.split('.').reduce((address, octet) => address * 256 + Number(octet), 0);
}

/** A number as `10.0.2.15`. */
export function dotted(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}

const DOTTED = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;

/** Whether a text is an IPv4 address in dotted form; what comes from outside may as well be IPv6. */
export function isDotted(text: string): boolean {
  return DOTTED.test(text);
}

export const NETWORK = ipv4('10.0.2.0');
export const NETMASK = ipv4('255.255.255.0');
export const BROADCAST = ipv4('10.0.2.255');
/** This computer: its 127.0.0.1, seen from the guest. */
export const GATEWAY = ipv4('10.0.2.2');
export const DNS_SERVER = ipv4('10.0.2.3');
/** The first guest to ask gets this one, the next ones those after it. */
export const FIRST_GUEST = ipv4('10.0.2.15');
export const LAST_GUEST = ipv4('10.0.2.30');
export const LOOPBACK = '127.0.0.1';

export const ANY_ADDRESS = 0;
export const EVERYONE = ipv4('255.255.255.255');

/** The router's own Ethernet address: locally administered, and it says where it leads. */
export const ROUTER_MAC = Uint8Array.of(0x52, 0x55, 0x0a, 0x00, 0x02, 0x02);
export const EVERY_MAC = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff);

/** What an Ethernet frame carries at most. */
export const MTU = 1500;

export function isOurs(address: number): boolean {
  return address === GATEWAY || address === DNS_SERVER;
}

export function isInNetwork(address: number): boolean {
  return (address & NETMASK) >>> 0 === NETWORK;
}

const MULTICAST_START = ipv4('224.0.0.0');

/** Broadcast, multicast and what lies beyond: never answered, never connected to. */
export function isForMany(address: number): boolean {
  return address === BROADCAST || address >= MULTICAST_START;
}

/** An address a guest may call its own: in the network, and nobody else's. */
export function mayBeGuest(address: number): boolean {
  return isInNetwork(address) && address !== NETWORK && address !== BROADCAST && !isOurs(address);
}

const [NOBODY_BYTE, LOOPBACK_BYTE] = [0, 127];

/** Where a guest's packet leads: this computer for the gateway, itself for the world, null for places nobody can go. */
export function outsideAddress(destination: number): string | null {
  if (destination === GATEWAY) return LOOPBACK;
  const first = destination >>> 24;
  if (isInNetwork(destination) || isForMany(destination) || first === NOBODY_BYTE || first === LOOPBACK_BYTE)
    return null;
  return dotted(destination);
}

/** The other way round: who a sender outside is to the guest; null for what has no IPv4 address. */
export function guestsViewOf(address: string): number | null {
  if (address === LOOPBACK) return GATEWAY;
  return isDotted(address) ? ipv4(address) : null;
}
