/**
 * A window at the other end of a WebSocket.  A page that stops reading must not fill our memory: what would be out of date
 * by the time it is read waits outside and only its latest is sent; what must not be lost is sent at once, and a page
 * that is hopelessly behind is let go (it can come back, and asks for everything anew).
 */

import { decode, encode } from '@msgpack/msgpack';
import type { WebSocket } from 'ws';
import type { ToWindow } from '../../core/protocol/messages.ts';
import type { WindowEnd, Workstation } from '../workstation/parts.ts';

/** The longest request is a machine with long notes and many disks: a few hundred KiB as UTF-8. */
export const longestRequestBytes = 1024 * 1024;
export const crowdedBytes = 1024 * 1024;
export const hopelessBytes = 64 * 1024 * 1024;

/** Bounds for what msgpack may ask us to set aside before it has brought any of it. */
const limits = {
  maxStrLength: longestRequestBytes,
  maxBinLength: longestRequestBytes,
  maxArrayLength: 10_000,
  maxMapLength: 1000,
  maxExtLength: 0,
};

/** Lets the workstation and the page talk until either is gone. Precondition: the page was let in by the doorkeeper. */
export function joinSocket(socket: WebSocket, workstation: Workstation): void {
  const end = workstation.connect(throttledSend(socket));
  socket.on('message', (bytes: Buffer, isBinary) => end.receive(isBinary ? decoded(bytes) : undefined));
  socket.on('close', () => end.close());
  // A frame too long or against the protocol: ws closes the connection itself, with the code that says so.
  socket.on('error', (error) => workstation.log('warning', '', `A window was cut off: ${error.message}.`));
}

/** What is no msgpack becomes `undefined`, which is no request either: it is refused and logged where those are. */
function decoded(bytes: Buffer): unknown {
  try {
    // Seen as plain bytes, so that bytes within a message are plain ones too, as they are in the other front.
    return decode(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), limits);
  } catch {
    return undefined;
  }
}

type Send = Pick<WebSocket, 'bufferedAmount' | 'send' | 'terminate'>;

export function throttledSend(socket: Send): WindowEnd {
  const latest = new Map<string, ToWindow>();
  const put = (message: ToWindow) => socket.send(encode(message), onSent);
  const onSent = () => {
    for (const [name, message] of latest) {
      if (socket.bufferedAmount > crowdedBytes) return;
      latest.delete(name);
      put(message);
    }
  };
  return {
    send(message) {
      if (socket.bufferedAmount > hopelessBytes) {
        socket.terminate();
        return;
      }
      const subject = replacedBy(message);
      if (subject !== null && socket.bufferedAmount > crowdedBytes) latest.set(subject, message);
      else {
        if (subject !== null) latest.delete(subject);
        put(message);
      }
    },
  };
}

/** What a later message with the same subject makes worthless; null for what must arrive one by one. */
function replacedBy(message: ToWindow): string | null {
  if (message.kind !== 'event') return null;
  if (message.name === 'counters') return `counters ${message.value.id}`;
  const isWhole = message.name === 'library' || message.name === 'comparisons' || message.name === 'preferences';
  return isWhole ? message.name : null;
}
