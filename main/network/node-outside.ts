/**
 * The world outside through Node's sockets.  Everything is asynchronous there and a slice of the board is not, so events
 * reach the router between slices without our doing anything for it.  What a guest may use up is bounded here: it opens
 * sockets of a computer that has other things to do.
 */

import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns';
import { connect, createServer, type Socket } from 'node:net';
import type { Datagrams, Outside, OutsideStream, StreamEvents } from '../../core/launcher/network/outside.ts';
import { UsageError } from '../usage-error.ts';
import { NodeStream } from './node-stream.ts';

const LOOPBACK = '127.0.0.1';
/** Streams and datagram sockets open at a time. The system's own limit is often 1024, and disks want some of it. */
const MOST_SOCKETS = 512;
/** Each look-up blocks one of the few threads Node has for such things. */
const MOST_LOOKUPS = 16;
const LONGEST_NAME = 253;
const hostName = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?$/i;

interface Closable {
  close(): void;
}

export class NodeOutside implements Outside {
  private readonly note: () => void;
  private readonly listeners = new Set<Closable>();
  private readonly sockets = new Set<Closable>();
  private readonly opening: Promise<void>[] = [];
  private lookups = 0;
  private closed = false;

  /** `note` is called before each event. */
  constructor(note: () => void) {
    this.note = note;
  }

  /** Resolves when everything asked to listen so far does; throws UsageError if something cannot. */
  async listening(): Promise<void> {
    await Promise.all(this.opening);
  }

  /** Closes whatever is open; nothing is heard any more. */
  close(): void {
    this.closed = true;
    for (const each of [...this.listeners, ...this.sockets]) each.close();
  }

  connect(address: string, port: number, events: StreamEvents): OutsideStream {
    if (this.full) return this.refuse(events);
    const stream = this.adopt(connect({ host: address, port, allowHalfOpen: true }));
    stream.follow(events);
    return stream;
  }

  listen(port: number, accept: (stream: OutsideStream) => StreamEvents): Closable {
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      if (this.full) {
        socket.destroy();
        return;
      }
      this.note();
      const stream = this.adopt(socket);
      stream.follow(accept(stream));
    });
    const listener = { close: () => void (this.listeners.delete(listener) && server.close()) };
    this.listeners.add(listener);
    const opened = new Promise<void>((resolve, reject) => {
      server.once('listening', resolve);
      // Once it listens, an error means that one connection could not be taken: its caller hears of it, nobody else.
      server.on('error', (error) => reject(portProblem(port, error)));
    });
    opened.catch(listener.close);
    this.opening.push(opened);
    server.listen(port, LOOPBACK);
    return listener;
  }

  openDatagrams(receive: (address: string, port: number, bytes: Uint8Array) => void): Datagrams {
    const socket = createSocket('udp4');
    const datagrams = {
      send: (address: string, port: number, bytes: Uint8Array) => {
        // What cannot be sent is lost, as datagrams are. Node throws for port 0 and for a socket that is closed.
        if (port !== 0 && this.sockets.has(datagrams)) socket.send(bytes, port, address, () => {});
      },
      close: () => void (this.sockets.delete(datagrams) && socket.close()),
    };
    if (this.full) socket.close();
    else this.sockets.add(datagrams);
    socket.on('error', () => datagrams.close());
    socket.on('message', (bytes, { address, port }) => {
      if (!this.sockets.has(datagrams)) return;
      this.note();
      receive(address, port, bytes);
    });
    return datagrams;
  }

  resolve(name: string, answer: (addresses: readonly string[]) => void): void {
    const tell = (addresses: readonly string[]) => {
      this.lookups--;
      if (this.closed) return;
      this.note();
      answer(addresses);
    };
    const hopeless = this.lookups >= MOST_LOOKUPS || name.length > LONGEST_NAME || !hostName.test(name);
    this.lookups++;
    if (hopeless) setImmediate(tell, []);
    else lookup(name, { all: true, family: 4 }, (error, found) => tell(error ? [] : found.map((one) => one.address)));
  }

  private get full(): boolean {
    return this.closed || this.sockets.size >= MOST_SOCKETS;
  }

  private adopt(socket: Socket): NodeStream {
    const stream = new NodeStream(socket, this.note);
    const open = { close: () => stream.destroy() };
    this.sockets.add(open);
    socket.once('close', () => this.sockets.delete(open));
    return stream;
  }

  /** There are too many sockets already. */
  private refuse(events: StreamEvents): OutsideStream {
    const told = setImmediate(() => {
      this.note();
      events.failed('refused');
    });
    const nothing = () => {};
    return { write: () => true, end: nothing, destroy: () => clearImmediate(told), pause: nothing, resume: nothing };
  }
}

function portProblem(port: number, { code, message }: NodeJS.ErrnoException): UsageError {
  if (code === 'EADDRINUSE') return new UsageError(`port ${port} of this computer is taken: forward= needs a free one`);
  if (code === 'EACCES')
    return new UsageError(`port ${port} of this computer is not yours to open: try one above 1023`);
  return new UsageError(`port ${port} of this computer cannot be had: ${message}`);
}
