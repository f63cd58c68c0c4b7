import { type Workbench, workbench } from './bench.ts';
import { GuestPeer, type PeerOptions } from './guest-peer.ts';
import { ascii, GATEWAY } from './packets.ts';

export const bytesOf = (text: string) => Uint8Array.from(ascii(text));
export const textOf = (bytes: Iterable<number>) => String.fromCharCode(...bytes);

/** A peer on a bench whose cable loses nothing. */
export function peerOn(bench: Workbench, options: Partial<PeerOptions> = {}) {
  const peer = new GuestPeer({ to: GATEWAY, ports: [4000, 80], send: (frame) => bench.card.send(frame), ...options });
  bench.card.onFrame = (frame) => {
    if (frame[23] === 6) peer.hear(frame);
  };
  return peer;
}

/** Connected both ways. */
export function connected(options: Partial<PeerOptions> = {}) {
  const bench = workbench();
  const peer = peerOn(bench, options);
  peer.connect();
  bench.pass();
  const [stream] = bench.outside.streams;
  stream.events.connected();
  bench.pass();
  return { bench, peer, stream };
}
