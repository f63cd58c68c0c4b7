/**
 * The app for a browser on this computer: files over HTTP, everything else over one WebSocket per window.  Listens on
 * 127.0.0.1 and nowhere else.  Serving it to other computers is not its job: that takes encryption and accounts, and
 * people who want it have ssh.
 */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { socketProtocol } from '../../core/protocol/socket.ts';
import type { Workstation } from '../workstation/parts.ts';
import { objectionToHost, objectionToSocket } from './doorkeeper.ts';
import type { PageFile } from './page-files.ts';
import { pageHeaders } from './page-headers.ts';
import { joinSocket, longestRequestBytes } from './socket-window.ts';

export interface WebFront {
  /** 'http://127.0.0.1:PORT'. */
  readonly address: string;
  close(): Promise<void>;
}

interface WebFrontOptions {
  readonly workstation: Workstation;
  readonly files: ReadonlyMap<string, PageFile>;
  readonly token: string;
  /** 0 for any free one. */
  readonly port: number;
}

const LOOPBACK = '127.0.0.1';
/** Whoever keeps knocking shall not push everything else out of the log. */
const NOTED_MOST = 100;

/** Rejects with Node's error if the port is taken. */
export async function serveWeb({ workstation, files, token, port }: WebFrontOptions): Promise<WebFront> {
  const server = createServer((request, response) => answer(files, request, response));
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: longestRequestBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => (offered.has(socketProtocol) ? socketProtocol : false),
  });
  let noted = 0;
  server.on('upgrade', (request, stream, head) => {
    const objection = objectionToSocket(request.url, request.headers, token);
    if (objection) {
      if (noted++ < NOTED_MOST) workstation.log('warning', '', `A window was refused: ${objection}.`);
      refuseUpgrade(stream);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => joinSocket(socket, workstation));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, resolve);
  });
  // A server that listens on a port has such an address; only one on a pipe has a string.
  const bound = server.address() as AddressInfo;
  return {
    address: `http://${LOOPBACK}:${bound.port}`,
    close: async () => {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(files: ReadonlyMap<string, PageFile>, request: IncomingMessage, response: ServerResponse): void {
  const {
    method,
    headers: { host },
  } = request;
  const file = files.get((request.url ?? '').split('?')[0]);
  if (objectionToHost(host)) sayNo(response, 421, 'This address leads to nothing here.');
  else if (method !== 'GET' && method !== 'HEAD') sayNo(response, 405, 'This can only be read.');
  else if (!file) sayNo(response, 404, 'There is no such file.');
  else {
    // The doorkeeper has seen that the host is one of this computer's names, so it may stand in a header.
    const page = pageHeaders([`ws://${host}`]);
    response.writeHead(200, { ...page, 'content-type': file.type, 'content-length': file.bytes.length });
    response.end(method === 'HEAD' ? undefined : file.bytes);
  }
}

function sayNo(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { ...pageHeaders(), 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${sentence}\n`);
}

/** The same words for every reason: a stranger learns nothing from them, and the log has the reason. */
function refuseUpgrade(stream: Duplex): void {
  stream.on('error', () => {});
  stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
}
