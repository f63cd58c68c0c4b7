/** The whole window, given a way to main. */

import type { Connection } from './connection.ts';

export function App({ connection }: { connection: Connection }) {
  return <p>{connection.alive ? 'Connected.' : 'Astride has ended.'}</p>;
}
