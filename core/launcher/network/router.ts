/**
 * The router behind a guest's cable: looks at each frame once, decides whose it is, and passes it on.  The guest is
 * hostile: whatever does not parse is dropped and counted, and nothing a frame says makes anything here throw.
 */

import { ANY_ADDRESS, DNS_SERVER, GATEWAY, isForMany, isOurs, mayBeGuest, ROUTER_MAC } from './addresses.ts';
import { arpOperation, arpReply, parseArp } from './arp.ts';
import { Leases } from './dhcp-leases.ts';
import { answerDhcp, dhcpPort } from './dhcp-server.ts';
import { type DropReason, noDrops } from './drops.ts';
import {
  addressTo,
  ETHERNET_HEADER_BYTES,
  etherType,
  frameDestination,
  frameSource,
  frameType,
  isGroupMac,
  sameMac,
} from './ethernet.ts';
import { Fragments } from './fragments.ts';
import { complaint, echoReply, icmpAsks, type Unreachable, unreachable } from './icmp.ts';
import { fragmented, type Packet, parseIpv4, protocol } from './ipv4.ts';
import { DNS_PORT, LARGEST_DNS_DATAGRAM, NameServer } from './name-server.ts';
import { Neighbours } from './neighbours.ts';
import type { Outside } from './outside.ts';
import { TcpTable } from './tcp-table.ts';
import { type Datagram, parseUdp, udpPacket } from './udp.ts';
import { UdpFlows } from './udp-flows.ts';
import type { WireEnd } from './wire.ts';

export class Router {
  readonly drops = noDrops();
  readonly leases = new Leases();
  readonly tcp: TcpTable;

  private readonly wire: WireEnd;
  private readonly neighbours: Neighbours;
  private readonly fragments = new Fragments();
  private readonly names: NameServer;
  private readonly flows: UdpFlows;
  private readonly onDrop: (reason: DropReason) => void;
  private packetId = 0;
  private nowMs = 0;

  /** `onDrop` hears of every drop, for whoever wants to tell people. */
  constructor(wire: WireEnd, outside: Outside, onDrop: (reason: DropReason) => void) {
    this.wire = wire;
    this.onDrop = onDrop;
    const drop = (reason: DropReason) => this.drop(reason);
    this.neighbours = new Neighbours((frame) => wire.send(frame));
    this.names = new NameServer(outside, drop);
    this.flows = new UdpFlows(outside, (frame) => this.send(frame));
    const uplink = {
      send: (frame: Uint8Array) => this.send(frame),
      hasRoom: () => wire.otherEndHasRoom,
      drop,
      complain: (about: Packet, code: Unreachable) => void this.complain(about, code),
    };
    this.tcp = new TcpTable(uplink, outside, this.names);
  }

  get openConversations(): number {
    return this.tcp.open + this.names.pending + this.flows.unanswered;
  }

  tick(nowMs: number): void {
    this.nowMs = nowMs;
    this.fragments.tick(nowMs);
    this.flows.tick(nowMs);
    this.tcp.tick(nowMs);
  }

  /** Forgets the guest. */
  clear(): void {
    this.tcp.clear();
    this.flows.clear();
    this.names.forget();
    this.fragments.clear();
    this.neighbours.clear();
    this.leases.clear();
  }

  // @journey launcher/user-network
  // A guest with a network card needs somebody at the other end of the cable.  This computer's own network would ask for
  // privileges, so there is a pretend one: a router that owns two addresses, hands out a third, and ends every
  // conversation itself.  Frames are taken apart here, layer by layer; what is asked of the router is answered on the
  // spot, and what is meant for the world is said again outside, through ordinary sockets, in our own words.
  onFrame(frame: Uint8Array): void {
    const dropped = this.route(frame);
    if (dropped) this.drop(dropped);
  }

  private route(frame: Uint8Array): DropReason | null {
    if (frame.length < ETHERNET_HEADER_BYTES) return 'frame too short';
    const to = frameDestination(frame);
    if (!isGroupMac(to) && !sameMac(to, ROUTER_MAC)) return 'not for us';
    const body = frame.subarray(ETHERNET_HEADER_BYTES);
    switch (frameType(frame)) {
      case etherType.arp:
        return this.onArp(body);
      case etherType.ipv4:
        return this.onIpv4(body, frameSource(frame));
      default:
        return 'unknown ether type';
    }
  }
  // @end

  private drop(reason: DropReason): void {
    this.drops[reason]++;
    this.onDrop(reason);
  }

  /** To a guest, in pieces if it must be. */
  private send(frame: Uint8Array): void {
    for (const piece of fragmented(frame, this.packetId++))
      if (!this.neighbours.forward(piece)) this.drop('no neighbour');
  }

  /** Tells a guest that its packet leads nowhere. */
  private complain(about: Packet, code: Unreachable): 'no such place' {
    const from = isOurs(about.destination) ? about.destination : GATEWAY;
    const frame = complaint(about, code, from);
    if (frame) this.send(frame);
    return 'no such place';
  }

  private onArp(body: Uint8Array): DropReason | null {
    const message = parseArp(body);
    if (!message || isGroupMac(message.fromMac)) return 'bad ARP';
    this.neighbours.learn(message.from, message.fromMac);
    if (message.operation === arpOperation.request && isOurs(message.to)) this.wire.send(arpReply(message));
    return null;
  }

  private onIpv4(body: Uint8Array, mac: Uint8Array): DropReason | null {
    const piece = parseIpv4(body);
    if (typeof piece === 'string') return piece;
    if (piece.source !== ANY_ADDRESS && !mayBeGuest(piece.source)) return 'not a source of this network';
    this.neighbours.learn(piece.source, mac);
    const packet = this.fragments.add(piece, this.nowMs);
    if (packet === null || typeof packet === 'string') return packet;
    if (packet.protocol === protocol.udp) return this.onUdp(packet);
    const stranger = this.refusesToAnswer(packet);
    if (stranger) return stranger;
    if (packet.protocol === protocol.tcp) return this.tcp.onPacket(packet);
    if (packet.protocol === protocol.icmp) return this.onIcmp(packet);
    return this.complain(packet, unreachable.protocol);
  }

  private refusesToAnswer({ source, destination }: Packet): DropReason | null {
    if (isForMany(destination)) return 'broadcast or multicast';
    return source === ANY_ADDRESS ? 'not a source of this network' : null;
  }

  private onIcmp(packet: Packet): DropReason | null {
    const asks = icmpAsks(packet);
    if (asks === 'bad ICMP') return asks;
    if (asks === 'nothing') return null;
    // To ping the world takes a privilege this computer may not have given us.
    if (!isOurs(packet.destination)) return this.complain(packet, unreachable.prohibited);
    this.send(echoReply(packet));
    return null;
  }

  private onUdp(packet: Packet): DropReason | null {
    const datagram = parseUdp(packet);
    if (!datagram) return 'bad UDP';
    const mayBeDhcp = packet.destination === GATEWAY || isForMany(packet.destination);
    if (mayBeDhcp && datagram.destinationPort === dhcpPort.server) return this.onDhcp(datagram);
    const stranger = this.refusesToAnswer(packet);
    if (stranger) return stranger;
    if (packet.destination === DNS_SERVER) return this.onDnsServer(packet, datagram);
    const sent = this.flows.outward(packet.source, packet.destination, datagram);
    return sent ? null : this.complain(packet, unreachable.host);
  }

  private onDhcp({ bytes }: Datagram): DropReason | null {
    const answer = answerDhcp(bytes, this.leases);
    if (answer === null || answer === 'bad DHCP') return answer;
    const from = { address: GATEWAY, port: dhcpPort.server };
    const frame = udpPacket(from, { address: answer.address, port: dhcpPort.client }, answer.bytes);
    addressTo(frame, answer.mac);
    this.wire.send(frame);
    return null;
  }

  private onDnsServer(packet: Packet, { sourcePort, destinationPort, bytes }: Datagram): DropReason | null {
    if (destinationPort !== DNS_PORT) return this.complain(packet, unreachable.port);
    const from = { address: DNS_SERVER, port: DNS_PORT };
    const to = { address: packet.source, port: sourcePort };
    this.names.ask(bytes, LARGEST_DNS_DATAGRAM, (answer) => this.send(udpPacket(from, to, answer)));
    return null;
  }
}
