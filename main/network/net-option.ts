/**
 * `--net` as people type it: where a network card's cable ends.
 *
 *      --net user                          at a small router that stands for this computer
 *      --net user,forward=8080:80          the same, and port 8080 of this computer leads to port 80 of the guest
 *      --net hub=lab,mac=02:00:00:00:00:07 at a hub shared by all machines that name it
 */

import { UsageError } from '../usage-error.ts';

/** A TCP port of this computer (on 127.0.0.1 only) that leads to one of the guest. */
export interface Forward {
  readonly hostPort: number;
  readonly guestPort: number;
}

interface Card {
  /** The card's address, if it was chosen; six bytes. */
  readonly mac: Uint8Array | null;
}

export type NetSpec =
  | (Card & { readonly to: 'user'; readonly forwards: readonly Forward[] })
  | (Card & { readonly to: 'hub'; readonly hub: string });

const HIGHEST_PORT = 65535;
const example = 'try --net user, --net user,forward=8080:80 or --net hub=NAME';

/** Reads the value of one `--net`; throws UsageError. */
export function readNetOption(text: string): NetSpec {
  const [where, ...details] = text.split(',').map(readPair);
  if (where.key === 'user' && where.value === null) return readUser(details);
  if (where.key === 'hub' && where.value !== null) return readHub(where.value, details);
  throw new UsageError(`--net leads to "user" or to "hub=NAME", not to "${text}": ${example}`);
}

/** Refuses what makes two runs of the same guest differ; throws UsageError. */
export function checkRepeatable(spec: NetSpec): void {
  if (spec.to === 'hub') return;
  throw new UsageError('compare runs a guest twice and the world outside never says a thing twice: use --net hub=NAME');
}

interface Pair {
  readonly key: string;
  readonly value: string | null;
}

function readPair(text: string): Pair {
  const at = text.indexOf('=');
  return at < 0 ? { key: text, value: null } : { key: text.slice(0, at), value: text.slice(at + 1) };
}

function readUser(details: readonly Pair[]): NetSpec {
  const forwards: Forward[] = [];
  for (const { key, value } of details) {
    if (key === 'forward') forwards.push(readForward(value ?? ''));
    else if (key !== 'mac') throw new UsageError(`--net user knows forward=HOSTPORT:GUESTPORT and mac=, not "${key}"`);
  }
  const ports = forwards.map(({ hostPort }) => hostPort);
  const twice = ports.find((port, index) => ports.indexOf(port) !== index);
  if (twice !== undefined) throw new UsageError(`--net forwards port ${twice} of this computer twice`);
  return { to: 'user', forwards, mac: readMac(details) };
}

function readHub(hub: string, details: readonly Pair[]): NetSpec {
  if (hub === '') throw new UsageError(`a hub needs a name: ${example}`);
  for (const { key } of details) {
    if (key !== 'mac') throw new UsageError(`--net hub=NAME knows mac=, not "${key}"`);
  }
  return { to: 'hub', hub, mac: readMac(details) };
}

function readForward(text: string): Forward {
  const ports = /^([0-9]{1,5}):([0-9]{1,5})$/.exec(text)?.slice(1).map(Number) ?? [];
  const [hostPort, guestPort] = ports;
  if (ports.length === 2 && ports.every((port) => port >= 1 && port <= HIGHEST_PORT)) return { hostPort, guestPort };
  throw new UsageError(`forward= wants two ports from 1 to ${HIGHEST_PORT}, like forward=8080:80, not "${text}"`);
}

const MULTICAST_BIT = 1;

function readMac(details: readonly Pair[]): Uint8Array | null {
  const given = details.filter(({ key }) => key === 'mac');
  if (given.length === 0) return null;
  if (given.length > 1) throw new UsageError('a card has one mac=');
  const text = given[0].value ?? '';
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) {
    throw new UsageError(`mac= wants six bytes like 02:00:00:00:00:07, not "${text}"`);
  }
  const mac = Uint8Array.from(text.split(':'), (byte) => Number.parseInt(byte, 16));
  if (mac[0] & MULTICAST_BIT) throw new UsageError(`mac=${text} is a group's address (its first byte is odd)`);
  if (mac.every((byte) => byte === 0)) throw new UsageError(`mac=${text} is nobody's address`);
  return mac;
}
