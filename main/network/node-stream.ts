/** A TCP socket of Node's as the router sees it: what it says becomes the router's events, each one noted as an arrival. */

import type { Socket } from 'node:net';
import type { OutsideStream, StreamEvents, StreamFailure } from '../../core/launcher/network/outside.ts';

/** Error codes of the system that mean something to a guest. */
const failures: Readonly<Record<string, StreamFailure>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timed out',
};

export class NodeStream implements OutsideStream {
  private readonly socket: Socket;
  private readonly note: () => void;

  /** `note` is called before each event. The socket must have been made to allow half of it to be open. */
  constructor(socket: Socket, note: () => void) {
    this.socket = socket;
    this.note = note;
    socket.setNoDelay(true);
    // Without a listener an error would end the process; who wants to hear of it says so in `follow`.
    socket.on('error', () => {});
  }

  /** From now on the router hears what happens. Called once, before anything can have happened. */
  follow(events: StreamEvents): void {
    const { socket } = this;
    let failed = false;
    const on = <Rest extends unknown[]>(name: string, event: (...rest: Rest) => void) =>
      socket.on(name, (...rest: Rest) => {
        if (this.destroyed || failed) return;
        this.note();
        event(...rest);
      });
    on('connect', () => events.connected());
    on('data', (bytes: Uint8Array) => events.data(bytes));
    on('end', () => events.ended());
    on('drain', () => events.drained());
    on('error', (error: NodeJS.ErrnoException) => {
      failed = true;
      events.failed(failures[error.code ?? ''] ?? 'unreachable');
    });
  }

  private destroyed = false;

  write(bytes: Uint8Array): boolean {
    if (this.destroyed || this.socket.destroyed) return true;
    return this.socket.write(bytes);
  }

  end(): void {
    if (!this.destroyed) this.socket.end();
  }

  destroy(): void {
    this.destroyed = true;
    this.socket.destroy();
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }
}
