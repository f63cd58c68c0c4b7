/**
 * Which Ethernet address a guest's IPv4 address has at present.  The network has 254 of them, so this cannot grow; and a
 * guest that lies about its own address misdirects its own mail only.
 */

import { GATEWAY, mayBeGuest } from './addresses.ts';
import { arpRequest } from './arp.ts';
import { addressTo, isGroupMac, sameMac } from './ethernet.ts';
import { packetDestination } from './ipv4.ts';

export class Neighbours {
  private readonly macs = new Map<number, Uint8Array>();
  /** The latest packet for an address that was asked for and has not answered yet; one each, as RFC 1122 §2.3.2.2 wants. */
  private readonly waiting = new Map<number, Uint8Array>();
  private readonly send: (frame: Uint8Array) => void;

  constructor(send: (frame: Uint8Array) => void) {
    this.send = send;
  }

  /** Somebody was heard to speak as `address`; sends what waited for that. */
  learn(address: number, mac: Uint8Array): void {
    if (!mayBeGuest(address) || isGroupMac(mac)) return;
    const known = this.macs.get(address);
    if (!known || !sameMac(known, mac)) this.macs.set(address, mac.slice());
    const frame = this.waiting.get(address);
    if (!frame) return;
    this.waiting.delete(address);
    this.sendTo(frame, mac);
  }

  /** Sends a packet to the guest it is for, or asks who that is; false if no guest can be. */
  forward(frame: Uint8Array): boolean {
    const address = packetDestination(frame);
    const mac = this.macs.get(address);
    if (mac) this.sendTo(frame, mac);
    else if (mayBeGuest(address)) this.ask(address, frame);
    else return false;
    return true;
  }

  clear(): void {
    this.macs.clear();
    this.waiting.clear();
  }

  private sendTo(frame: Uint8Array, mac: Uint8Array): void {
    addressTo(frame, mac);
    this.send(frame);
  }

  private ask(address: number, frame: Uint8Array): void {
    this.waiting.set(address, frame);
    this.send(arpRequest(GATEWAY, address));
  }
}
