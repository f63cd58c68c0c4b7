/** Real sockets on this computer's loopback, and a way to wait for what they bring. */

import { createServer, type Server, type Socket } from 'node:net';
import type { StreamEvents, StreamFailure } from '../../../core/launcher/network/outside.ts';

/** Resolves as soon as something is so; a test's own limit ends the wait. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}

/** Listens on a port the system chose. */
export async function serve(onSocket: (socket: Socket) => void): Promise<{ server: Server; port: number }> {
  const server = createServer({ allowHalfOpen: true }, onSocket);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: portOf(server) };
}

/** A port nobody listens on: one that somebody just gave back. */
export async function freePort(): Promise<number> {
  const { server, port } = await serve(() => {});
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address and a port');
  return address.port;
}

/** Writes down what a stream says. */
export class Heard implements StreamEvents {
  isConnected = false;
  hasEnded = false;
  drains = 0;
  failure: StreamFailure | null = null;
  byteCount = 0;
  private readonly chunks: Uint8Array[] = [];

  get text(): string {
    return Buffer.concat(this.chunks).toString('latin1');
  }

  connected(): void {
    this.isConnected = true;
  }

  data(bytes: Uint8Array): void {
    this.chunks.push(bytes);
    this.byteCount += bytes.length;
  }

  ended(): void {
    this.hasEnded = true;
  }

  drained(): void {
    this.drains++;
  }

  failed(why: StreamFailure): void {
    this.failure = why;
  }
}
