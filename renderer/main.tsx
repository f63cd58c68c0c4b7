/** Where the window begins: finds its way to main, then draws the app, or says why it cannot. */

import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { desktopScheme } from '../core/protocol/desktop-port.ts';
import { App } from './app.tsx';
import { connectByMessagePort } from './carriers/message-port.ts';
import { takeToken } from './carriers/token.ts';
import { connectByWebSocket } from './carriers/web-socket.ts';
import type { Connection } from './connection.ts';

function connect(): Promise<Connection> {
  if (window.location.protocol === `${desktopScheme}:`) return connectByMessagePort(window);
  return connectByWebSocket(window.location.origin, takeToken(window));
}

async function begin(place: HTMLElement): Promise<void> {
  const root = createRoot(place);
  try {
    const connection = await connect();
    root.render(
      <StrictMode>
        <App connection={connection} />
      </StrictMode>,
    );
  } catch (trouble) {
    root.render(<p role="alert">{trouble instanceof Error ? trouble.message : String(trouble)}</p>);
  }
}

const place = document.getElementById('window');
if (place) void begin(place);
