/**
 * Address translation for datagrams: each port of a guest that speaks gets a socket of its own outside.  Only places it
 * has spoken to may answer.  The number of sockets is bounded, and a silent one is taken back after a minute.
 */

import { guestsViewOf, outsideAddress } from './addresses.ts';
import type { Datagrams, Outside } from './outside.ts';
import { type Datagram, type Endpoint, LARGEST_DATAGRAM, udpPacket } from './udp.ts';

const MOST_FLOWS = 64;
const MOST_PEERS = 64;
const FORGOTTEN_AFTER_MS = 60_000;
/** For so long after the guest spoke somebody may be about to answer. */
const ANSWERED_WITHIN_MS = 5_000;

interface Flow {
  readonly socket: Datagrams;
  /** Addresses the guest has spoken to, as the guest knows them. */
  readonly peers: Set<number>;
  usedAt: number;
  spokeAt: number;
}

export class UdpFlows {
  private readonly outside: Outside;
  private readonly send: (frame: Uint8Array) => void;
  /** By guest's address and port; the one used last comes last. */
  private readonly flows = new Map<string, Flow>();
  private nowMs = 0;

  constructor(outside: Outside, send: (frame: Uint8Array) => void) {
    this.outside = outside;
    this.send = send;
  }

  /** Flows whose last word was the guest's, not long ago. */
  get unanswered(): number {
    let count = 0;
    for (const { spokeAt } of this.flows.values()) if (this.nowMs - spokeAt < ANSWERED_WITHIN_MS) count++;
    return count;
  }

  /** Sends a guest's datagram outside; false if nobody can go where it leads. */
  outward(source: number, destination: number, { sourcePort, destinationPort, bytes }: Datagram): boolean {
    const address = outsideAddress(destination);
    if (address === null || destinationPort === 0) return false;
    const guest = { address: source, port: sourcePort };
    const key = `${source}:${sourcePort}`;
    const flow = this.flows.get(key) ?? this.open(key, guest);
    if (flow.peers.size >= MOST_PEERS) flow.peers.clear();
    flow.peers.add(destination);
    this.touch(key, flow);
    flow.spokeAt = this.nowMs;
    flow.socket.send(address, destinationPort, bytes);
    return true;
  }

  tick(nowMs: number): void {
    this.nowMs = nowMs;
    for (const [key, flow] of this.flows) {
      if (nowMs - flow.usedAt < FORGOTTEN_AFTER_MS) break;
      this.close(key, flow);
    }
  }

  clear(): void {
    for (const [key, flow] of this.flows) this.close(key, flow);
  }

  private open(key: string, guest: Endpoint): Flow {
    const [oldest] = this.flows;
    if (this.flows.size >= MOST_FLOWS) this.close(...oldest);
    const socket = this.outside.openDatagrams((address, port, bytes) => {
      const from = guestsViewOf(address);
      if (from === null || this.flows.get(key) !== flow || !flow.peers.has(from)) return;
      this.touch(key, flow);
      flow.spokeAt = Number.NEGATIVE_INFINITY;
      if (bytes.length <= LARGEST_DATAGRAM) this.send(udpPacket({ address: from, port }, guest, bytes));
    });
    const flow: Flow = { socket, peers: new Set(), usedAt: this.nowMs, spokeAt: this.nowMs };
    return flow;
  }

  private touch(key: string, flow: Flow): void {
    flow.usedAt = this.nowMs;
    this.flows.delete(key);
    this.flows.set(key, flow);
  }

  private close(key: string, flow: Flow): void {
    this.flows.delete(key);
    flow.socket.close();
  }
}
