/**
 * All TCP connections of a user-mode network: finds the one a segment belongs to, opens new ones either way, and bounds
 * their number.  A hostile guest can fill the table; then it is refused, and nobody else notices.
 */

import { DNS_SERVER, GATEWAY, outsideAddress } from './addresses.ts';
import type { DropReason } from './drops.ts';
import { type Unreachable, unreachable } from './icmp.ts';
import type { Packet } from './ipv4.ts';
import { DNS_PORT, type NameServer } from './name-server.ts';
import type { Outside, OutsideStream, StreamEvents, StreamFailure } from './outside.ts';
import { TcpConnection } from './tcp-connection.ts';
import type { TcpGround } from './tcp-ground.ts';
import { hasFlag, parseTcp, resetFor, type Segment, tcpFlag } from './tcp-segment.ts';
import { advance } from './tcp-sequence.ts';
import type { Endpoint } from './udp.ts';

export const MOST_CONNECTIONS = 128;
/** Segments per connection before the next one has its turn. */
const TURN_SEGMENTS = 16;
/** Ports that callers from this computer seem to come from (RFC 6335 §6). */
const [FIRST_CALLER_PORT, LAST_CALLER_PORT] = [49_152, 65_535];
/** Distance between initial sequence numbers, so that an old connection's segments are not taken for a new one's. */
const SEQUENCE_STEP = 16_777_619;

/** The router, as TCP needs it. */
export interface TcpUplink {
  send(frame: Uint8Array): void;
  hasRoom(): boolean;
  drop(reason: DropReason): void;
  complain(about: Packet, code: Unreachable): void;
}

export class TcpTable {
  private readonly uplink: TcpUplink;
  private readonly outside: Outside;
  private readonly names: NameServer;
  private readonly connections = new Map<string, TcpConnection>();
  private readonly ground: TcpGround & { nowMs: number };
  private firstSequence = 0;
  private callerPort = FIRST_CALLER_PORT;

  constructor(uplink: TcpUplink, outside: Outside, names: NameServer) {
    this.uplink = uplink;
    this.outside = outside;
    this.names = names;
    this.ground = {
      nowMs: 0,
      send: (frame) => uplink.send(frame),
      hasRoom: () => uplink.hasRoom(),
      over: (connection) => this.forget(connection),
    };
  }

  /** Connections somebody may still say something on. */
  get open(): number {
    let count = 0;
    for (const { stage } of this.connections.values()) if (stage !== 'lingering') count++;
    return count;
  }

  /** What is wrong with the packet, if anything. */
  onPacket(packet: Packet): DropReason | null {
    const parsed = parseTcp(packet);
    if (!parsed) return 'bad TCP';
    const guest = { address: packet.source, port: parsed.source };
    const remote = { address: packet.destination, port: parsed.destination };
    const known = this.connections.get(keyOf(guest, remote));
    const { segment } = parsed;
    const isSyn = hasFlag(segment, tcpFlag.syn) && !hasFlag(segment, tcpFlag.ack) && !hasFlag(segment, tcpFlag.rst);
    if (known && !(isSyn && known.stage === 'lingering')) known.onSegment(segment);
    else if (isSyn) return this.reachOut(packet, { guest, remote }, segment);
    else this.refuse(remote, guest, segment);
    return null;
  }

  /** Leads callers from outside to a port of the guest whose address is asked for at each call. */
  listen(hostPort: number, guestPort: number, guestAddress: () => number): { close(): void } {
    return this.outside.listen(hostPort, (stream) => this.call(stream, { address: guestAddress(), port: guestPort }));
  }

  /** Timers, then turns for everyone until nobody has anything to send or the cable is full. */
  tick(nowMs: number): void {
    this.ground.nowMs = nowMs;
    const all = [...this.connections.values()];
    for (const connection of all) connection.tick();
    let sent = true;
    while (sent) {
      sent = false;
      for (const connection of all) sent = connection.pump(TURN_SEGMENTS) || sent;
    }
    this.rotate();
  }

  /** Ends all connections; the guest is not told, for it is not there any more. */
  clear(): void {
    for (const connection of [...this.connections.values()]) connection.giveUp();
  }

  /** The guest wants to speak to somebody. */
  private reachOut(packet: Packet, ends: { guest: Endpoint; remote: Endpoint }, syn: Segment): DropReason | null {
    const { guest, remote } = ends;
    const address = outsideAddress(remote.address);
    const onRefused = (why: StreamFailure) => {
      if (why === 'refused' || why === 'reset') this.refuse(remote, guest, syn);
      else this.uplink.complain(packet, unreachable.host);
    };
    const isNames = remote.address === DNS_SERVER && remote.port === DNS_PORT;
    if (!isNames && (address === null || remote.port === 0)) {
      onRefused(remote.address === DNS_SERVER ? 'refused' : 'unreachable');
      return 'no such place';
    }
    if (!this.hasPlace()) {
      onRefused('refused');
      return 'too many connections';
    }
    const connection = new TcpConnection(this.ground, ends, this.nextSequence(), syn, onRefused);
    this.connections.set(keyOf(guest, remote), connection);
    if (address === null) connection.join(this.names.openStream(connection), true);
    else connection.join(this.outside.connect(address, remote.port, connection), false);
    return null;
  }

  /** Somebody outside wants to speak to the guest. */
  private call(stream: OutsideStream, guest: Endpoint): StreamEvents {
    const remote = this.freeCaller(guest);
    const connection = new TcpConnection(this.ground, { guest, remote }, this.nextSequence(), null);
    if (this.hasPlace()) {
      this.connections.set(keyOf(guest, remote), connection);
      connection.join(stream, true);
    } else {
      this.uplink.drop('too many connections');
      connection.stage = 'over';
      stream.destroy();
    }
    return connection;
  }

  private refuse(remote: Endpoint, guest: Endpoint, segment: Segment): void {
    const reset = resetFor([remote, guest], segment);
    if (reset) this.uplink.send(reset);
  }

  /** Whether one more may come; those who only linger make way. */
  private hasPlace(): boolean {
    if (this.connections.size < MOST_CONNECTIONS) return true;
    for (const [key, { stage }] of this.connections) if (stage === 'lingering') this.connections.delete(key);
    return this.connections.size < MOST_CONNECTIONS;
  }

  /** There are fewer connections than ports, so one is free. */
  private freeCaller(guest: Endpoint): Endpoint {
    for (;;) {
      this.callerPort = this.callerPort < LAST_CALLER_PORT ? this.callerPort + 1 : FIRST_CALLER_PORT;
      const caller = { address: GATEWAY, port: this.callerPort };
      if (!this.connections.has(keyOf(guest, caller))) return caller;
    }
  }

  private nextSequence(): number {
    this.firstSequence = advance(this.firstSequence, SEQUENCE_STEP);
    return this.firstSequence;
  }

  /** Another one goes first next time: the first may fill the cable. */
  private rotate(): void {
    const [first] = this.connections;
    if (!first) return;
    this.connections.delete(first[0]);
    this.connections.set(...first);
  }

  private forget(connection: TcpConnection): void {
    const key = keyOf(connection.guest, connection.remote);
    if (this.connections.get(key) === connection) this.connections.delete(key);
  }
}

function keyOf(guest: Endpoint, remote: Endpoint): string {
  return `${guest.address}:${guest.port} ${remote.address}:${remote.port}`;
}
