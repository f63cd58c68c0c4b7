/** A world outside that does nothing by itself: the test is the other side of every stream and datagram. */

import type { Datagrams, Outside, OutsideStream, StreamEvents } from '../../../../core/launcher/network/outside.ts';

export class FakeStream implements OutsideStream {
  readonly address: string;
  readonly port: number;
  events!: StreamEvents;
  readonly written: Uint8Array[] = [];
  ended = false;
  destroyed = false;
  paused = false;
  /** Says no to every write, until the test says `drained`. */
  stuck = false;

  constructor(address: string, port: number) {
    this.address = address;
    this.port = port;
  }

  write(bytes: Uint8Array): boolean {
    this.written.push(bytes.slice());
    return !this.stuck;
  }

  end(): void {
    this.ended = true;
  }

  destroy(): void {
    this.destroyed = true;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
  }

  get text(): string {
    return this.written.map((bytes) => String.fromCharCode(...bytes)).join('');
  }

  get bytes(): Uint8Array {
    return Uint8Array.from(this.written.flatMap((bytes) => [...bytes]));
  }
}

export interface FakeDatagrams extends Datagrams {
  readonly sent: { address: string; port: number; bytes: Uint8Array }[];
  receive(address: string, port: number, bytes: Uint8Array): void;
  closed: boolean;
}

export class FakeOutside implements Outside {
  readonly streams: FakeStream[] = [];
  readonly sockets: FakeDatagrams[] = [];
  readonly lookups: { name: string; answer: (addresses: readonly string[]) => void }[] = [];
  readonly listeners = new Map<number, (stream: OutsideStream) => StreamEvents>();

  connect(address: string, port: number, events: StreamEvents): FakeStream {
    const stream = new FakeStream(address, port);
    stream.events = events;
    this.streams.push(stream);
    return stream;
  }

  listen(port: number, accept: (stream: OutsideStream) => StreamEvents) {
    this.listeners.set(port, accept);
    return { close: () => void this.listeners.delete(port) };
  }

  openDatagrams(receive: FakeDatagrams['receive']): Datagrams {
    const sent: FakeDatagrams['sent'] = [];
    const socket: FakeDatagrams = {
      sent,
      receive,
      closed: false,
      send: (address, port, bytes) => void sent.push({ address, port, bytes: bytes.slice() }),
      close: () => {
        socket.closed = true;
      },
    };
    this.sockets.push(socket);
    return socket;
  }

  resolve(name: string, answer: (addresses: readonly string[]) => void): void {
    this.lookups.push({ name, answer });
  }

  /** Somebody of this computer calls a forwarded port. */
  call(port: number): FakeStream {
    const stream = new FakeStream('caller', port);
    const accept = this.listeners.get(port);
    if (!accept) throw new Error(`nobody listens on ${port}`);
    stream.events = accept(stream);
    return stream;
  }
}
