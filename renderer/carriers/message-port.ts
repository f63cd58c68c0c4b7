/** The window's connection inside Electron: a port that the preload script hands over, and nothing else of Electron's. */

import { portOffer, portWish } from '../../core/protocol/desktop-port.ts';
import type { Connection } from '../connection.ts';
import { connectOver } from './requests.ts';

/** Asks the preload script for the port. Precondition: `window` is a page of the desktop front. */
export function connectByMessagePort(page: Window): Promise<Connection> {
  return new Promise((resolve) => {
    const onOffer = (event: MessageEvent) => {
      const [port] = event.ports;
      if (event.source !== page || event.data !== portOffer || !port) return;
      page.removeEventListener('message', onOffer);
      resolve(connectOverPort(port));
    };
    page.addEventListener('message', onOffer);
    page.postMessage(portWish, page.location.origin);
  });
}

export function connectOverPort(port: MessagePort): Connection {
  const carrier = connectOver((message) => port.postMessage(message));
  port.addEventListener('message', ({ data }) => carrier.receive(data));
  port.addEventListener('close', carrier.lose);
  port.start();
  return carrier.connection;
}
