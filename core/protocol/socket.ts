/**
 * How a page in a browser reaches main.  The token travels as a WebSocket subprotocol, because that is the one header a
 * page may choose: so main knows whom it talks to before a single message.
 */

export const socketPath = '/socket';

/** The subprotocol both sides speak: one msgpack message to a binary frame. */
export const socketProtocol = 'astride.1';

const TOKEN_MARK = 'token.';

export const tokenProtocol = (token: string): string => `${TOKEN_MARK}${token}`;

/** The token among the subprotocols a page offers; the empty string if there is none. */
export function tokenAmong(protocols: Iterable<string>): string {
  for (const one of protocols) if (one.startsWith(TOKEN_MARK)) return one.slice(TOKEN_MARK.length);
  return '';
}
