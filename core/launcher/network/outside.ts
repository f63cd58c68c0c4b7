/**
 * The world outside, as the user-mode router sees it: streams, datagrams and names, on a computer whose sockets are
 * handed in.  All calls return at once; all events arrive between slices of the board, never in the middle of one, and
 * never from within a call of this interface.  Bytes handed over, either way, belong to who gets them.
 */

export type StreamFailure = 'refused' | 'unreachable' | 'reset' | 'timed out';

export interface StreamEvents {
  connected(): void;
  data(bytes: Uint8Array): void;
  /** The other side sends no more. */
  ended(): void;
  /** A `write` that answered false has gone out: there is room again. */
  drained(): void;
  /** Nothing more will come of this stream, either way. */
  failed(why: StreamFailure): void;
}

export interface OutsideStream {
  /** False when the caller should wait for `drained` before it writes more (what was given is kept all the same). */
  write(bytes: Uint8Array): boolean;
  /** We send no more; what was written still goes out. */
  end(): void;
  /** Both ways end at once. No event follows. */
  destroy(): void;
  /** Stops and starts `data`. */
  pause(): void;
  resume(): void;
}

export interface Datagrams {
  send(address: string, port: number, bytes: Uint8Array): void;
  close(): void;
}

export interface Outside {
  /** Opens a TCP connection to an IPv4 address in dotted form. */
  connect(address: string, port: number, events: StreamEvents): OutsideStream;
  /** Listens on 127.0.0.1. `accept` is called with each new connection, and must be answered with its events at once. */
  listen(port: number, accept: (stream: OutsideStream) => StreamEvents): { close(): void };
  /** One UDP socket of its own. */
  openDatagrams(receive: (address: string, port: number, bytes: Uint8Array) => void): Datagrams;
  /** Looks up IPv4 addresses of a name; an empty list if there are none or nobody can say. */
  resolve(name: string, answer: (addresses: readonly string[]) => void): void;
}
