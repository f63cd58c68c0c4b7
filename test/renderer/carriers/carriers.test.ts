/** Both carriers against main's own ends of them: a real WebSocket server, a real message channel. */

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { ToMain } from '../../../core/protocol/messages.ts';
import { serveWeb, type WebFront } from '../../../main/fronts/web-server.ts';
import type { WindowEnd } from '../../../main/workstation/parts.ts';
import { connectOverPort } from '../../../renderer/carriers/message-port.ts';
import { connectByWebSocket } from '../../../renderer/carriers/web-socket.ts';

const TOKEN = 'secret';
let front: WebFront;
let window: WindowEnd | undefined;
const received: unknown[] = [];

beforeEach(async () => {
  received.length = 0;
  front = await serveWeb({
    files: new Map(),
    token: TOKEN,
    port: 0,
    workstation: {
      running: 0,
      log: () => {},
      close: async () => {},
      connect(end) {
        window = end;
        return { receive: (message) => received.push(message), close: () => {} };
      },
    },
  });
});
beforeEach(() => {
  // A browser says by itself from which page a socket was opened, and keeps errors to itself; Node's has to be told.
  const fromOurPage = class extends WebSocket {
    constructor(address: URL, protocols: string[]) {
      super(address, protocols, { origin: front.address });
      this.on('error', () => {});
    }
  };
  vi.stubGlobal('WebSocket', fromOurPage);
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await front.close();
});

test('over a WebSocket bytes arrive as bytes, both ways, and its end is told', async () => {
  const connection = await connectByWebSocket(front.address, TOKEN);
  const asked = connection.ask('machine.type', { id: 'a', bytes: new Uint8Array([3, 0, 255]) });
  await expect.poll(() => received).toHaveLength(1);
  const [request] = received as ToMain[]; // it was sent by our own carrier
  expect(request).toEqual({
    kind: 'request',
    number: 0,
    method: 'machine.type',
    argument: { id: 'a', bytes: new Uint8Array([3, 0, 255]) },
  });
  window?.send({ kind: 'answer', number: request.number, value: null });
  expect(await asked).toBeNull();

  const chunk = { id: 'a', run: 1, at: 0, bytes: new Uint8Array([104, 105]) };
  const heard = new Promise((resolve) => connection.on('console', resolve));
  window?.send({ kind: 'event', name: 'console', value: chunk });
  expect(await heard).toEqual(chunk);

  const lost = new Promise<void>((resolve) => connection.onLost(resolve));
  await front.close();
  await lost;
  expect(connection.alive).toBe(false);
});

test('a page that is not let in learns what to do', async () => {
  await expect(connectByWebSocket(front.address, 'wrong')).rejects.toThrow('Open the address it printed');
});

test('over a port the same, without any encoding', async () => {
  const { port1, port2 } = new MessageChannel();
  const connection = connectOverPort(port1);
  const asked = connection.ask('app.about', {});
  const request = await new Promise<ToMain>((resolve) => {
    port2.onmessage = ({ data }) => resolve(data);
  });
  expect(request.method).toBe('app.about');
  port2.postMessage({ kind: 'refusal', number: request.number, sentence: 'not now' });
  await expect(asked).rejects.toThrow('not now');
  const lost = new Promise<void>((resolve) => connection.onLost(resolve));
  port2.close();
  await lost;
});
