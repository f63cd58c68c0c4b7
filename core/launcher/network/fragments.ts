/**
 * Puts packets together that came in pieces (RFC 791, RFC 815): few at a time, none longer than a packet may be, and none
 * kept for long.  Pieces that overlap are an attack or a fault; the packet is given up either way.
 */

import { dotted } from './addresses.ts';
import { FRAGMENT_UNIT_BYTES, type Packet } from './ipv4.ts';

const MOST_UNFINISHED = 16;
const MOST_PIECES = 64;
const LARGEST_PACKET = 65515;
const PATIENCE_MS = 15_000;

interface Unfinished {
  readonly since: number;
  readonly pieces: Packet[];
  /** Length of the whole payload, once the last piece said so. */
  total: number | null;
  bytes: number;
}

export class Fragments {
  private readonly unfinished = new Map<string, Unfinished>();

  /** The whole packet if this piece was the one that was missing, null while others are, or that it does not fit. */
  add(piece: Packet, nowMs: number): Packet | null | 'fragment that does not fit' {
    const { fragment, source, destination, protocol, payload } = piece;
    if (!fragment) return piece;
    const key = `${dotted(source)} ${dotted(destination)} ${protocol} ${fragment.id}`;
    const packet = this.unfinished.get(key) ?? this.begin(key, nowMs);
    const end = fragment.offset + payload.length;
    if (!fits(packet, fragment.offset, end, fragment.more)) {
      this.unfinished.delete(key);
      return 'fragment that does not fit';
    }
    if (!fragment.more) packet.total = end;
    // A copy: a small piece must not keep a whole frame alive for fifteen seconds.
    packet.pieces.push({ ...piece, header: piece.header.slice(), payload: payload.slice() });
    packet.bytes += payload.length;
    if (packet.bytes !== packet.total) return null;
    this.unfinished.delete(key);
    return joined(packet.pieces, packet.total);
  }

  /** Forgets what has waited too long. */
  tick(nowMs: number): void {
    for (const [key, { since }] of this.unfinished) if (nowMs - since >= PATIENCE_MS) this.unfinished.delete(key);
  }

  clear(): void {
    this.unfinished.clear();
  }

  private begin(key: string, nowMs: number): Unfinished {
    const [oldest] = this.unfinished.keys();
    if (this.unfinished.size >= MOST_UNFINISHED) this.unfinished.delete(oldest);
    const fresh = { since: nowMs, pieces: [], total: null, bytes: 0 };
    this.unfinished.set(key, fresh);
    return fresh;
  }
}

function fits(packet: Unfinished, start: number, end: number, more: boolean): boolean {
  if (end <= start || end > LARGEST_PACKET || packet.pieces.length >= MOST_PIECES) return false;
  if (more && (end - start) % FRAGMENT_UNIT_BYTES !== 0) return false;
  if (packet.total !== null && (!more || end > packet.total)) return false;
  return packet.pieces.every((piece) => {
    const from = piece.fragment?.offset ?? 0;
    return (more && end <= from) || start >= from + piece.payload.length;
  });
}

function joined(pieces: readonly Packet[], total: number): Packet {
  const payload = new Uint8Array(total);
  for (const piece of pieces) payload.set(piece.payload, piece.fragment?.offset ?? 0);
  const first = pieces.find((piece) => piece.fragment?.offset === 0) ?? pieces[0];
  return { ...first, payload, fragment: null };
}
