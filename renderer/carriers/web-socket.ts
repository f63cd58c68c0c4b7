/** The window's connection when it is a page in a browser: messages as msgpack, one to a frame. */

import { decode, encode } from '@msgpack/msgpack';
import type { ToWindow } from '../../core/protocol/messages.ts';
import { socketPath, socketProtocol, tokenProtocol } from '../../core/protocol/socket.ts';
import type { Connection } from '../connection.ts';
import { connectOver } from './requests.ts';

/** Resolves once main has accepted us; rejects with a sentence if it did not. `address` is of the page, 'http://host'. */
export function connectByWebSocket(address: string, token: string): Promise<Connection> {
  const socket = new WebSocket(new URL(socketPath, address.replace(/^http/, 'ws')), [
    socketProtocol,
    tokenProtocol(token),
  ]);
  socket.binaryType = 'arraybuffer';
  const carrier = connectOver((message) => socket.send(encode(message)));
  // Only main sends here, and it sends nothing else; see connectOver.
  socket.addEventListener('message', ({ data }) => carrier.receive(decode(data) as ToWindow));
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(carrier.connection));
    socket.addEventListener('close', () => {
      carrier.lose();
      reject(new Error('Astride did not let this page in. Open the address it printed when it started, all of it.'));
    });
  });
}
