/**
 * The name server at 10.0.2.3: it asks the world outside for IPv4 addresses and knows nothing itself.  To questions for
 * other records (IPv6, mail, …) it answers that there are none, which is what makes clients fall back to IPv4.
 */

import { ipv4, isDotted } from './addresses.ts';
import { read16, write16 } from './byte-order.ts';
import { dnsAnswer, dnsCode, dnsType, parseQuery, type Query, type Question } from './dns-message.ts';
import type { DropReason } from './drops.ts';
import type { Outside, OutsideStream, StreamEvents } from './outside.ts';

export const DNS_PORT = 53;
/** RFC 1035 §2.3.4. */
export const LARGEST_DNS_DATAGRAM = 512;
const LARGEST_MESSAGE = 65_535;
const LENGTH_BYTES = 2;
const MOST_LOOKUPS = 32;
/** A name that has IPv4 addresses exists, and an answer without IPv6 ones says so; a name without them does not. */
const lookedUp: ReadonlySet<number> = new Set([dnsType.a, dnsType.any, dnsType.ipv6]);
const PRINTABLE_NAME = /^[!-~]+$/;

export class NameServer {
  private readonly outside: Outside;
  private readonly drop: (reason: DropReason) => void;
  /** Who waits for which name, in the order they asked. */
  private readonly waiting = new Map<string, ((found: readonly number[]) => void)[]>();

  constructor(outside: Outside, drop: (reason: DropReason) => void) {
    this.outside = outside;
    this.drop = drop;
  }

  /** Questions that wait for somebody outside. */
  get pending(): number {
    let count = 0;
    for (const { length } of this.waiting.values()) count += length;
    return count;
  }

  forget(): void {
    this.waiting.clear();
  }

  /** Answers a message, now or later or (if it is none) never. */
  ask(message: Uint8Array, mostBytes: number, reply: (bytes: Uint8Array) => void): void {
    const query = parseQuery(message);
    if (!query) {
      this.drop('bad DNS');
      return;
    }
    const answer = (code: number, addresses: readonly number[]) => reply(dnsAnswer(query, code, addresses, mostBytes));
    const verdict = this.verdict(query);
    if (typeof verdict === 'number') answer(verdict, []);
    else this.lookUp(verdict, answer);
  }

  /** What to answer without asking anybody, or the question that somebody else must be asked. */
  private verdict({ question, code }: Query): number | Question {
    if (!question) return code;
    if (!question.internet) return dnsCode.notImplemented;
    if (!lookedUp.has(question.type)) return dnsCode.fine;
    if (!PRINTABLE_NAME.test(question.name)) return dnsCode.noSuchName;
    if (this.pending < MOST_LOOKUPS) return question;
    this.drop('too many look-ups');
    return dnsCode.failed;
  }

  /** Questions about the same name are answered together and in order: some clients number all their queries alike. */
  private lookUp({ name, type }: Question, answer: (code: number, addresses: readonly number[]) => void): void {
    const reply = (found: readonly number[]) => {
      if (found.length === 0) answer(dnsCode.noSuchName, []);
      else answer(dnsCode.fine, type === dnsType.ipv6 ? [] : found);
    };
    const others = this.waiting.get(name);
    if (others) {
      others.push(reply);
      return;
    }
    const waiting = [reply];
    this.waiting.set(name, waiting);
    this.outside.resolve(name, (found) => {
      // Whoever asked may be gone, and somebody else ask for the same name now.
      if (this.waiting.get(name) !== waiting) return;
      this.waiting.delete(name);
      const addresses = found.filter(isDotted).map(ipv4);
      for (const each of waiting) each(addresses);
    });
  }

  /** The same over TCP: each message goes behind its length (RFC 1035 §4.2.2). `events` hears the answers. */
  openStream(events: StreamEvents): OutsideStream {
    let collected = new Uint8Array(0);
    let [unanswered, ending, gone] = [0, false, false];
    const endIfDone = () => {
      if (ending && unanswered === 0 && !gone) events.ended();
    };
    const reply = (bytes: Uint8Array) => {
      unanswered--;
      if (!gone) events.data(withLength(bytes));
      endIfDone();
    };
    const ask = (message: Uint8Array) => {
      // What is no query is never answered, and must not be waited for.
      if (parseQuery(message)) unanswered++;
      this.ask(message, LARGEST_MESSAGE, reply);
    };
    return {
      write: (bytes) => {
        collected = joined(collected, bytes);
        for (let length = messageLength(collected); length !== null; length = messageLength(collected)) {
          ask(collected.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
          collected = collected.subarray(LENGTH_BYTES + length);
        }
        return true;
      },
      end: () => {
        ending = true;
        endIfDone();
      },
      destroy: () => {
        gone = true;
      },
      pause: () => {},
      resume: () => {},
    };
  }
}

/** Length of the first message, if all of it is there. */
function messageLength(bytes: Uint8Array): number | null {
  if (bytes.length < LENGTH_BYTES) return null;
  const length = read16(bytes, 0);
  return bytes.length >= LENGTH_BYTES + length ? length : null;
}

function withLength(bytes: Uint8Array): Uint8Array {
  const framed = new Uint8Array(LENGTH_BYTES + bytes.length);
  write16(framed, 0, bytes.length);
  framed.set(bytes, LENGTH_BYTES);
  return framed;
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
