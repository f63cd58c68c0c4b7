/**
 * The DHCP server (RFC 2131 §4.3): one decision per message, no state but the leases.  Leases do not run out by
 * themselves: their time is for clients that want to hear one.
 */

import { ANY_ADDRESS, BROADCAST, DNS_SERVER, EVERY_MAC, EVERYONE, GATEWAY, MTU, NETMASK } from './addresses.ts';
import type { Leases } from './dhcp-leases.ts';
import {
  type DhcpOptions,
  type DhcpRequest,
  dhcpOption,
  dhcpReply,
  dhcpType,
  option16,
  option32,
  parseDhcp,
} from './dhcp-message.ts';

export const dhcpPort = { server: 67, client: 68 } as const;
const LEASE_SECONDS = 86_400;
const SERVER = GATEWAY;

/** What the server sends, and to whom: clients without an address yet have no neighbour entry. */
export interface DhcpAnswer {
  readonly bytes: Uint8Array;
  readonly address: number;
  readonly mac: Uint8Array;
}

/** Answers a message, or says nothing. */
export function answerDhcp(bytes: Uint8Array, leases: Leases): DhcpAnswer | null | 'bad DHCP' {
  const request = parseDhcp(bytes);
  if (!request) return 'bad DHCP';
  switch (request.type) {
    case dhcpType.discover:
      return give(request, dhcpType.offer, leases.addressFor(request.mac, request.wanted));
    case dhcpType.request:
      return answerRequest(request, leases);
    case dhcpType.inform:
      return inform(request);
    case dhcpType.decline:
    case dhcpType.release:
      leases.release(request.mac);
      return null;
    default:
      return 'bad DHCP';
  }
}

/** Selecting, rebooting or renewing (RFC 2131 §4.3.2): the address it names must be the one we would give it. */
function answerRequest(request: DhcpRequest, leases: Leases): DhcpAnswer | null {
  if (request.server !== null && request.server !== SERVER) return null;
  const wanted = request.wanted ?? request.client;
  const address = leases.addressFor(request.mac, wanted);
  return address === wanted ? give(request, dhcpType.ack, address) : refuse(request);
}

function give(request: DhcpRequest, type: number, address: number): DhcpAnswer {
  const times: DhcpOptions = [
    [dhcpOption.leaseSeconds, option32(LEASE_SECONDS)],
    [dhcpOption.renewSeconds, option32(LEASE_SECONDS / 2)],
    [dhcpOption.rebindSeconds, option32((LEASE_SECONDS / 8) * 7)],
  ];
  const bytes = dhcpReply(request, address, [...about(type), ...times, ...network]);
  return addressed(request, bytes, address);
}

/** For a client that has an address already: no lease, no times (RFC 2131 §4.3.5). */
function inform(request: DhcpRequest): DhcpAnswer {
  const bytes = dhcpReply(request, ANY_ADDRESS, [...about(dhcpType.ack), ...network]);
  return addressed(request, bytes, request.client);
}

function refuse(request: DhcpRequest): DhcpAnswer {
  const bytes = dhcpReply(request, ANY_ADDRESS, about(dhcpType.nak));
  return { bytes, address: EVERYONE, mac: EVERY_MAC };
}

function addressed(request: DhcpRequest, bytes: Uint8Array, address: number): DhcpAnswer {
  const toAll = request.client === ANY_ADDRESS && (request.wantsBroadcast || address === ANY_ADDRESS);
  return toAll ? { bytes, address: EVERYONE, mac: EVERY_MAC } : { bytes, address, mac: request.mac };
}

function about(type: number): DhcpOptions {
  return [
    [dhcpOption.type, Uint8Array.of(type)],
    [dhcpOption.server, option32(SERVER)],
  ];
}

const network: DhcpOptions = [
  [dhcpOption.mask, option32(NETMASK)],
  [dhcpOption.router, option32(GATEWAY)],
  [dhcpOption.nameServer, option32(DNS_SERVER)],
  [dhcpOption.broadcast, option32(BROADCAST)],
  [dhcpOption.mtu, option16(MTU)],
];
