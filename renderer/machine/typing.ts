/**
 * What a person typed or pasted, to the guest: in order, in pieces a message may have, one at a time.  Keys struck while a
 * piece is on its way share the next one.
 */

/** The most one request may carry (`machine.type`). */
export const LONGEST_PIECE = 64 * 1024;

export class Typing {
  private queue: Uint8Array[] = [];
  private sending = false;
  private readonly send: (bytes: Uint8Array<ArrayBuffer>) => Promise<unknown>;
  private readonly onLost: (reason: unknown) => void;

  /** `onLost` hears of the refusal that lost what was not sent yet. */
  constructor(send: (bytes: Uint8Array<ArrayBuffer>) => Promise<unknown>, onLost: (reason: unknown) => void) {
    this.send = send;
    this.onLost = onLost;
  }

  type(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.queue.push(bytes);
    if (!this.sending) void this.drain();
  }

  private async drain(): Promise<void> {
    this.sending = true;
    try {
      while (this.queue.length > 0) await this.send(this.takePiece());
    } catch (reason) {
      this.queue = [];
      this.onLost(reason);
    } finally {
      this.sending = false;
    }
  }

  private takePiece(): Uint8Array<ArrayBuffer> {
    let length = 0;
    let whole = 0;
    while (whole < this.queue.length && length + this.queue[whole].length <= LONGEST_PIECE) {
      length += this.queue[whole++].length;
    }
    if (whole === 0) {
      const [first] = this.queue;
      this.queue[0] = first.subarray(LONGEST_PIECE);
      return first.slice(0, LONGEST_PIECE);
    }
    return join(this.queue.splice(0, whole), length);
  }
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.length;
  }
  return joined;
}

const encoder = new TextEncoder();

/** Text as a terminal sends it. */
export const bytesOf = (text: string): Uint8Array => encoder.encode(text);

/** Mouse reports of old protocols are bytes in disguise, one per character. */
export const bytesOfBinary = (text: string): Uint8Array => Uint8Array.from(text, (one) => one.charCodeAt(0) & 0xff);
