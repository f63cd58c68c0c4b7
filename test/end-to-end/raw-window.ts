/** A window without a page: what a program that has the address, or half of it, can send over the socket. */

import { decode, encode } from '@msgpack/msgpack';
import { WebSocket } from 'ws';
import type { ToWindow } from '../../core/protocol/messages.ts';
import { socketPath, socketProtocol, tokenProtocol } from '../../core/protocol/socket.ts';

export interface RawWindow {
  /** Sends exactly these bytes as one binary frame. */
  sendBytes(bytes: Uint8Array): void;
  sendText(text: string): void;
  /** Resolves with what main answers, be it a refusal. */
  ask(method: string, argument?: unknown): Promise<Extract<ToWindow, { number: number }>>;
  /** The code it was closed with. */
  readonly closed: Promise<number>;
  close(): void;
}

interface Knock {
  /** Of the page that claims to knock. */
  readonly origin?: string;
  readonly host?: string;
  readonly path?: string;
  readonly token?: string;
}

/** Rejects with the status of the refusal. `address` is the one a front printed. */
export function openRawWindow(address: string, knock: Knock = {}): Promise<RawWindow> {
  const { origin, host, hash } = new URL(address);
  const token = knock.token ?? hash.replace('#token=', '');
  const socket = new WebSocket(`ws://${host}${knock.path ?? socketPath}`, [socketProtocol, tokenProtocol(token)], {
    origin: knock.origin ?? origin,
    headers: knock.host === undefined ? {} : { host: knock.host },
  });
  const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)));
  return new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_, { statusCode }) => {
      reject(new Error(`refused with ${statusCode}`));
      socket.terminate();
    });
    socket.on('error', reject);
    socket.on('open', () => resolve({ ...conversation(socket), closed }));
  });
}

function conversation(socket: WebSocket): Omit<RawWindow, 'closed'> {
  let asked = 0;
  return {
    sendBytes: (bytes) => socket.send(bytes),
    sendText: (text) => socket.send(text),
    ask: (method, argument = {}) => {
      const number = asked++;
      socket.send(encode({ kind: 'request', number, method, argument }));
      return new Promise((resolve) => {
        const listen = (bytes: Buffer) => {
          // Main sends nothing else over this socket.
          const message = decode(bytes) as ToWindow;
          if (message.kind === 'event' || message.number !== number) return;
          socket.off('message', listen);
          resolve(message);
        };
        socket.on('message', listen);
      });
    },
    close: () => socket.close(),
  };
}
