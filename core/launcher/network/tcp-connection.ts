/**
 * One TCP connection of the guest, ended here: on one side segments, on the other a stream of the world outside.  It is
 * offered to the guest only once it stands outside, so a refusal out there is a refusal in here (RFC 793 §3.4, §3.5).
 */

import type { OutsideStream, StreamEvents, StreamFailure } from './outside.ts';
import type { Stage, TcpGround } from './tcp-ground.ts';
import { RECEIVE_SHIFT, TcpReceiver } from './tcp-receiver.ts';
import {
  agreedSegmentBytes,
  hasFlag,
  LARGEST_SEGMENT,
  type Segment,
  sequenceLength,
  synOptions,
  tcpFlag,
  tcpPacket,
} from './tcp-segment.ts';
import { TcpSender } from './tcp-sender.ts';
import { advance } from './tcp-sequence.ts';
import type { Endpoint } from './udp.ts';

/** The world outside pauses when so much waits for the guest, and goes on at the half. */
const MOST_BUFFERED = 256 * 1024;
const HANDSHAKE_RESEND_MS = 1000;
const MOST_HANDSHAKES = 6;
/** Long enough to acknowledge a FIN that is sent again; nothing on this cable wanders about for minutes. */
const LINGER_MS = 2000;

export class TcpConnection implements StreamEvents {
  readonly guest: Endpoint;
  readonly remote: Endpoint;
  stage: Stage;

  private readonly ground: TcpGround;
  private readonly first: number;
  private readonly sender: TcpSender;
  private receiver: TcpReceiver | null = null;
  private stream: OutsideStream | null = null;
  private scaled = true;
  private outsideEnded = false;
  private paused = false;
  private dueAt = Number.POSITIVE_INFINITY;
  private handshakes = 0;
  private readonly onRefused: (why: StreamFailure) => void;

  /**
   * With the guest's SYN: waits for `connected`. Without: calls the guest. `first` is our initial sequence number;
   * `onRefused` is told when there is no reaching the other side.
   */
  constructor(
    ground: TcpGround,
    ends: { guest: Endpoint; remote: Endpoint },
    first: number,
    syn: Segment | null,
    onRefused: (why: StreamFailure) => void = () => {},
  ) {
    this.ground = ground;
    this.guest = ends.guest;
    this.remote = ends.remote;
    this.first = first;
    this.onRefused = onRefused;
    this.stage = syn ? 'reaching out' : 'calling';
    this.sender = new TcpSender(
      advance(first, 1),
      LARGEST_SEGMENT,
      (sequence, bytes, fill, flags) => this.send(sequence, flags | tcpFlag.ack, bytes, fill),
      () => ground.hasRoom(),
    );
    if (syn) this.meet(syn);
  }

  /** The other side's stream. To be called once, right after the constructor; it may already stand. */
  join(stream: OutsideStream, stands: boolean): void {
    this.stream = stream;
    if (this.stage === 'calling') this.shakeHands();
    else if (stands) this.connected();
  }

  onSegment(segment: Segment): void {
    switch (this.stage) {
      case 'calling':
        this.onAnswer(segment);
        break;
      case 'reaching out':
        if (hasFlag(segment, tcpFlag.rst)) this.giveUp();
        break;
      case 'answering':
        this.onConfirmation(segment);
        break;
      case 'open':
      case 'lingering':
        this.onOpenSegment(segment);
        break;
      case 'over':
        break;
      default:
        this.stage satisfies never;
    }
  }

  tick(): void {
    const { nowMs } = this.ground;
    if (nowMs >= this.dueAt) this.onDue();
    if (this.stage !== 'open') return;
    if (!this.sender.tick(nowMs)) this.abort();
    else if (this.receiver?.owed !== 'nothing') this.acknowledge();
  }

  /** Sends up to so many segments if they may go now; whether any did. */
  pump(most: number): boolean {
    return this.stage === 'open' && this.sender.pump(this.ground.nowMs, most);
  }

  /** Ends both ways at once, and tells the guest if it knows of the connection at all. */
  abort(): void {
    if (this.stage === 'open' || this.stage === 'answering') this.send(this.sender.sequence, tcpFlag.rst | tcpFlag.ack);
    this.giveUp();
  }

  connected(): void {
    if (this.stage !== 'reaching out') return;
    this.stage = 'answering';
    this.shakeHands();
  }

  data(bytes: Uint8Array): void {
    if (this.stage === 'over') return;
    this.sender.give(bytes);
    if (!this.paused && this.sender.buffered >= MOST_BUFFERED) {
      this.paused = true;
      this.stream?.pause();
    }
    this.pump(Number.POSITIVE_INFINITY);
  }

  ended(): void {
    this.outsideEnded = true;
    this.sender.finish();
    this.pump(Number.POSITIVE_INFINITY);
  }

  drained(): void {
    this.receiver?.drained();
    if (this.stage === 'open' && this.receiver?.owed === 'now') this.acknowledge();
  }

  failed(why: StreamFailure): void {
    // After its end the world outside owes us nothing more, and the guest may still be reading what it said.
    if (this.stage === 'over' || (this.outsideEnded && this.stage === 'open')) return;
    if (this.stage === 'reaching out') this.onRefused(why);
    this.abort();
  }

  /** Ends both ways at once and tells nobody. */
  giveUp(): void {
    this.stream?.destroy();
    this.leave();
  }

  private leave(): void {
    this.stage = 'over';
    this.ground.over(this);
  }

  /** Takes from the guest's SYN what it says about itself. */
  private meet(syn: Segment): void {
    this.sender.segmentSize = agreedSegmentBytes(syn);
    this.scaled = syn.windowShift !== null;
    this.sender.windowShift = syn.windowShift ?? 0;
    this.receiver = new TcpReceiver(
      advance(syn.sequence, 1),
      this.scaled,
      (bytes) => this.stream?.write(bytes) ?? true,
    );
  }

  private shakeHands(): void {
    if (++this.handshakes > MOST_HANDSHAKES) {
      this.abort();
      return;
    }
    this.dueAt = this.ground.nowMs + HANDSHAKE_RESEND_MS * 2 ** (this.handshakes - 1);
    const flags = this.stage === 'calling' ? tcpFlag.syn : tcpFlag.syn | tcpFlag.ack;
    this.send(this.first, flags, 0);
  }

  private onDue(): void {
    if (this.stage === 'answering' || this.stage === 'calling') this.shakeHands();
    else if (this.stage === 'lingering') this.leave();
  }

  /** The guest's word on our SYN. */
  private onAnswer(segment: Segment): void {
    const acknowledges = hasFlag(segment, tcpFlag.ack) && segment.acknowledgement === advance(this.first, 1);
    if (!acknowledges) return;
    if (hasFlag(segment, tcpFlag.rst)) this.giveUp();
    else if (hasFlag(segment, tcpFlag.syn)) {
      this.meet(segment);
      this.sender.acknowledge(segment, this.ground.nowMs);
      this.open();
      this.acknowledge();
      this.pump(Number.POSITIVE_INFINITY);
    }
  }

  /** The last of the three segments that make a connection, perhaps with its first bytes. */
  private onConfirmation(segment: Segment): void {
    if (hasFlag(segment, tcpFlag.rst)) {
      if (this.receiver?.accepts(segment)) this.giveUp();
    } else if (hasFlag(segment, tcpFlag.syn)) {
      this.send(this.first, tcpFlag.syn | tcpFlag.ack, 0);
    } else if (hasFlag(segment, tcpFlag.ack) && segment.acknowledgement === advance(this.first, 1)) {
      this.open();
      this.onOpenSegment(segment);
    }
  }

  private open(): void {
    this.stage = 'open';
    this.dueAt = Number.POSITIVE_INFINITY;
  }

  private onOpenSegment(segment: Segment): void {
    const { receiver, sender } = this;
    if (!receiver) return;
    if (hasFlag(segment, tcpFlag.rst)) {
      if (receiver.accepts(segment)) this.giveUp();
      return;
    }
    const proper = !hasFlag(segment, tcpFlag.syn) && hasFlag(segment, tcpFlag.ack);
    if (!proper || !sender.acknowledge(segment, this.ground.nowMs)) {
      this.acknowledge();
      return;
    }
    if (!receiver.accepts(segment)) receiver.owed = 'now';
    else this.hear(receiver, segment);
    this.goOn(receiver);
  }

  private hear(receiver: TcpReceiver, segment: Segment): void {
    const had = receiver.ended;
    receiver.take(segment);
    if (receiver.ended && !had) this.stream?.end();
    // An empty segment beside the place where it should be asks whether we are still here.
    if (sequenceLength(segment) === 0 && segment.sequence !== receiver.next) receiver.owed = 'now';
  }

  /** What a segment made possible: more to send, more to hear from outside, an end. */
  private goOn(receiver: TcpReceiver): void {
    if (this.stage === 'over') return;
    this.pump(Number.POSITIVE_INFINITY);
    if (receiver.owed === 'now') this.acknowledge();
    if (this.paused && this.sender.buffered <= MOST_BUFFERED / 2) {
      this.paused = false;
      this.stream?.resume();
    }
    if (this.stage !== 'open' || !receiver.ended || !this.sender.done) return;
    // Whoever ended first: a segment that was doubled on its way is acknowledged twice, and must not meet a stranger.
    this.stage = 'lingering';
    this.dueAt = this.ground.nowMs + LINGER_MS;
  }

  private acknowledge(): void {
    this.send(this.sender.sequence, tcpFlag.ack, 0);
  }

  /** Any segment of ours; all but a first SYN acknowledge what has come. */
  private send(sequence: number, flags: number, payloadBytes = 0, fill?: (payload: Uint8Array) => void): void {
    const isSyn = (flags & tcpFlag.syn) !== 0;
    const header = {
      sequence,
      flags,
      acknowledgement: this.receiver?.next ?? 0,
      window: this.receiver?.windowField(isSyn) ?? 0xffff,
      options: isSyn ? synOptions(LARGEST_SEGMENT, this.scaled ? RECEIVE_SHIFT : null) : undefined,
    };
    this.receiver?.acknowledged();
    this.ground.send(tcpPacket([this.remote, this.guest], header, payloadBytes, fill));
  }
}
