/**
 * A guest's TCP, as small as it can be and still honest: it keeps what it sends until it is acknowledged, sends it again
 * after a while, holds nothing that comes out of order, and closes each way by itself.
 */

import { ACK, FIN, RST, readTcp, SYN, tcp } from './packets.ts';

export interface PeerOptions {
  readonly to: number[];
  readonly ports: readonly [guest: number, other: number];
  readonly segment?: number;
  /** Bytes of the window it offers. */
  readonly window?: number;
  readonly shift?: number | null;
  readonly first?: number;
  readonly send: (frame: Uint8Array) => void;
}

const after = (from: number, bytes: number) => (from + bytes) >>> 0;
const ahead = (from: number, to: number) => (to - from) | 0;
const RESEND_MS = 700;

export class GuestPeer {
  readonly received: number[] = [];
  heardEnd = false;
  reset = false;
  open = false;
  /** Segments heard, for tests that count. */
  segments = 0;
  window: number;
  mostInFlight = 0;

  private readonly options: PeerOptions;
  private readonly first: number;
  private toSend: Uint8Array = new Uint8Array(0);
  private ending = false;
  private acknowledged: number;
  private sent: number;
  private next = 0;
  private allowed = 0;
  private peerShift = 0;
  private silentSince = 0;
  private calling = false;

  constructor(options: PeerOptions) {
    this.options = options;
    this.first = options.first ?? 1000;
    this.window = options.window ?? 65535;
    this.acknowledged = this.sent = after(this.first, 1);
  }

  connect(): void {
    this.calling = true;
    this.sendSyn(SYN);
  }

  give(bytes: Uint8Array): void {
    this.toSend = Uint8Array.from([...this.toSend, ...bytes]);
    this.pump();
  }

  end(): void {
    this.ending = true;
    this.pump();
  }

  abort(): void {
    this.emit(RST | ACK, this.sent);
  }

  acknowledge(): void {
    this.emit(ACK, this.sent);
  }

  /** Everything it wanted to say has been acknowledged. */
  get said(): boolean {
    return this.open && ahead(this.acknowledged, this.end_) === 0;
  }

  hear(frame: Uint8Array): void {
    const segment = readTcp(frame);
    if (segment.ports[1] !== this.options.ports[0] || segment.ports[0] !== this.options.ports[1]) return;
    this.segments++;
    if (segment.flags & RST) {
      this.reset = true;
      return;
    }
    if (segment.flags & SYN) {
      this.hearSyn(segment);
      return;
    }
    if (!this.open && segment.acknowledgement !== after(this.first, 1)) return;
    this.open = true;
    this.hearAcknowledgement(segment.acknowledgement, segment.window << this.peerShift);
    this.hearBytes(segment.sequence, segment.bytes, (segment.flags & FIN) !== 0);
    this.pump();
  }

  tick(nowMs: number): void {
    if (nowMs - this.silentSince < RESEND_MS) return;
    this.silentSince = nowMs;
    if (this.calling && !this.open) this.sendSyn(SYN);
    else if (this.open && !this.said) {
      this.sent = this.acknowledged;
      this.pump(1);
    }
  }

  private get end_(): number {
    return after(this.first, 1 + this.toSend.length + (this.ending ? 1 : 0));
  }

  private sendSyn(flags: number): void {
    const { segment = 1460, shift = 0 } = this.options;
    const scale = shift === null ? [] : [1, 3, 3, shift];
    this.emit(flags, this.first, [], [2, 4, segment >> 8, segment & 255, ...scale]);
  }

  private hearSyn(segment: ReturnType<typeof readTcp>): void {
    const scale = segment.options.indexOf(3);
    this.peerShift = scale < 0 ? 0 : segment.options[scale + 2];
    this.next = after(segment.sequence, 1);
    this.allowed = after(this.acknowledged, segment.window);
    if (segment.flags & ACK) {
      this.open = true;
      this.acknowledge();
      this.pump();
    } else {
      this.sendSyn(SYN | ACK);
    }
  }

  private hearAcknowledgement(acknowledgement: number, window: number): void {
    if (ahead(this.acknowledged, acknowledgement) >= 0) this.acknowledged = acknowledgement;
    if (ahead(this.sent, this.acknowledged) > 0) this.sent = this.acknowledged;
    const edge = after(acknowledgement, window);
    if (ahead(this.allowed, edge) > 0) this.allowed = edge;
  }

  private hearBytes(sequence: number, bytes: Uint8Array, fin: boolean): void {
    if (bytes.length === 0 && !fin) return;
    const known = ahead(sequence, this.next);
    if (known >= 0 && known <= bytes.length && !this.heardEnd) {
      const taken = bytes.subarray(known, known + this.window);
      for (const byte of taken) this.received.push(byte);
      this.next = after(this.next, taken.length);
      if (fin && known + taken.length === bytes.length) {
        this.next = after(this.next, 1);
        this.heardEnd = true;
      }
    }
    this.acknowledge();
  }

  private pump(most = 1000): void {
    if (!this.open) return;
    for (let count = 0; count < most; count++) {
      const offset = ahead(after(this.first, 1), this.sent);
      const room = Math.max(ahead(this.sent, this.allowed), most === 1 ? 1 : 0);
      const size = Math.min(this.options.segment ?? 1460, this.toSend.length - offset, room);
      const atEnd = offset + Math.max(size, 0) >= this.toSend.length;
      if (size <= 0 && !(atEnd && this.ending && offset <= this.toSend.length)) return;
      const bytes = this.toSend.subarray(offset, offset + Math.max(size, 0));
      const fin = atEnd && this.ending;
      this.emit(fin ? ACK | FIN : ACK, this.sent, bytes);
      this.sent = after(this.sent, bytes.length + (fin ? 1 : 0));
      this.mostInFlight = Math.max(this.mostInFlight, ahead(this.acknowledged, this.sent));
      if (fin) return;
    }
  }

  private emit(flags: number, sequence: number, bytes: ArrayLike<number> = [], options: number[] = []): void {
    const { to, ports, send, shift = 0 } = this.options;
    const window = flags & SYN ? Math.min(this.window, 65535) : this.window >> (shift ?? 0);
    const acknowledgement = flags & ACK ? this.next : 0;
    send(tcp(to, { ports, sequence, acknowledgement, flags, window, options, bytes }));
  }
}
