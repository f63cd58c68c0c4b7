/**
 * Whom the web front lets in.  Any page in the person's browser, and any program of any user on this computer, can knock
 * on 127.0.0.1.  So the caller must have come by our own address (or a name server could make a stranger's page ours),
 * a WebSocket must come from our own page, and it must bring the token that only the person who started us was told.
 */

import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { socketPath, tokenAmong } from '../../core/protocol/socket.ts';

/** This computer's names for itself. The port is free: people reach us through tunnels that change it. */
const ownName = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/;

/** Why nobody who says `host` is served, or null. */
export function objectionToHost(host: string | undefined): string | null {
  return host !== undefined && ownName.test(host) ? null : 'it asked for another computer';
}

// @journey glass/who-may-knock  Whom the door opens for
// The app in a browser is a server on this computer, and "only on this computer" sounds safer than it is: every page the
// person has open may connect to 127.0.0.1, and so may every other user of the machine.  Three questions, then, before a
// single message is read.  Which name did you come by?  (A stranger's name server can say that its page lives here.)
// Which page do you come from?  (A browser does not let pages lie about that.)  And what is the word?  It was printed
// for the person who started us, travels behind the # that browsers send to nobody, and is compared without haste.
/** Why this WebSocket is refused, or null: a clause for the log, without the token. */
export function objectionToSocket(url: string | undefined, headers: IncomingHttpHeaders, token: string): string | null {
  const wrongHost = objectionToHost(headers.host);
  if (wrongHost) return wrongHost;
  if (url !== socketPath) return 'there is no such door';
  if (headers.origin !== `http://${headers.host}`) return 'it came from a page that is not ours';
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
  return isSameSecret(tokenAmong(offered), token) ? null : 'its token is wrong';
}

/** Takes the same time wherever the two differ. Their length is no secret. */
function isSameSecret(offered: string, token: string): boolean {
  const [a, b] = [Buffer.from(offered), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
// @end
