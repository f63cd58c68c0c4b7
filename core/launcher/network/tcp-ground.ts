/** What a TCP connection needs from where it lives, and the stages of its life. */

import type { TcpConnection } from './tcp-connection.ts';

/** What a connection stands on. */
export interface TcpGround {
  readonly nowMs: number;
  send(frame: Uint8Array): void;
  hasRoom(): boolean;
  /** The connection is over; it wants nothing any more. */
  over(connection: TcpConnection): void;
}

export type Stage =
  /** The guest's SYN came; the world outside is being asked. */
  | 'reaching out'
  /** Our SYN with ACK went to the guest, */
  | 'answering'
  /** or our SYN alone: somebody outside wants to speak to the guest. */
  | 'calling'
  | 'open'
  /** All is said both ways; what comes late still finds somebody. */
  | 'lingering'
  | 'over';
