/**
 * DNS messages (RFC 1035 §4.1), as much as a server needs that only knows addresses of names.  npm's dns-packet knows
 * far more, but lives on Node's Buffer, and core has none.
 *
 *      0    2       4           6         8             10           12
 *      | id | flags | questions | answers | authorities | additional | name, type, class | answers …
 */

import { read16, write16, write32 } from './byte-order.ts';

const at = { id: 0, flags: 2, questions: 4, answers: 6 } as const;
const HEADER_BYTES = 12;
const flag = {
  response: 0x8000,
  operation: 0x7800,
  truncated: 0x0200,
  wantsRecursion: 0x0100,
  recursion: 0x0080,
} as const;
const LONGEST_LABEL = 63;
const LONGEST_NAME = 255;
const INTERNET = 1;
export const dnsType = { a: 1, ipv6: 28, any: 255 } as const;
export const dnsCode = { fine: 0, malformed: 1, failed: 2, noSuchName: 3, notImplemented: 4 } as const;

const ANSWER_BYTES = 16;
/** A pointer to the name in the question, which is always at the same place. */
const NAME_POINTER = 0xc000 | HEADER_BYTES;
const ADDRESS_BYTES = 4;
const TIME_TO_LIVE_SECONDS = 60;

export interface Question {
  readonly name: string;
  readonly type: number;
  readonly internet: boolean;
}

export interface Query {
  /** Null with a code other than fine: there was no question one could read. */
  readonly question: Question | null;
  readonly code: number;
  /** Header and question as they came; an answer begins with them. */
  readonly bytes: Uint8Array;
}

/** Reads a query; null for what is none, and gets no answer. */
export function parseQuery(bytes: Uint8Array): Query | null {
  if (bytes.length < HEADER_BYTES || (read16(bytes, at.flags) & flag.response) !== 0) return null;
  const header = bytes.subarray(0, HEADER_BYTES);
  if ((read16(bytes, at.flags) & flag.operation) !== 0) {
    return { question: null, code: dnsCode.notImplemented, bytes: header };
  }
  const name = read16(bytes, at.questions) === 1 ? parseName(bytes, HEADER_BYTES) : null;
  if (!name || name.end + 4 > bytes.length) return { question: null, code: dnsCode.malformed, bytes: header };
  const question = {
    name: name.text,
    type: read16(bytes, name.end),
    internet: read16(bytes, name.end + 2) === INTERNET,
  };
  return { question, code: dnsCode.fine, bytes: bytes.subarray(0, name.end + 4) };
}

/** Labels up to the empty one. A question has no earlier name to point back to, so pointers are refused as too long. */
function parseName(bytes: Uint8Array, start: number): { text: string; end: number } | null {
  const labels: string[] = [];
  let position = start;
  while (position < bytes.length && position - start < LONGEST_NAME) {
    const length = bytes[position++];
    if (length === 0) return { text: labels.join('.'), end: position };
    if (length > LONGEST_LABEL || position + length > bytes.length) return null;
    labels.push(String.fromCharCode(...bytes.subarray(position, position + length)));
    position += length;
  }
  return null;
}

/** The answer with these addresses, as many as fit; it says so if not all did. */
export function dnsAnswer(query: Query, code: number, addresses: readonly number[], mostBytes: number): Uint8Array {
  const asked = query.bytes.length;
  const fitting = addresses.slice(0, Math.max(0, Math.floor((mostBytes - asked) / ANSWER_BYTES)));
  const answer = new Uint8Array(asked + fitting.length * ANSWER_BYTES);
  answer.set(query.bytes);
  const echoed = read16(answer, at.flags) & (flag.operation | flag.wantsRecursion);
  const truncated = fitting.length < addresses.length ? flag.truncated : 0;
  answer.fill(0, at.flags, HEADER_BYTES);
  write16(answer, at.flags, echoed | flag.response | flag.recursion | truncated | code);
  write16(answer, at.questions, query.question ? 1 : 0);
  write16(answer, at.answers, fitting.length);
  fitting.forEach((address, index) => {
    writeAddress(answer.subarray(asked + index * ANSWER_BYTES), address);
  });
  return answer;
}

const answerAt = { name: 0, type: 2, class: 4, timeToLive: 6, length: 10, address: 12 } as const;

function writeAddress(record: Uint8Array, address: number): void {
  write16(record, answerAt.name, NAME_POINTER);
  write16(record, answerAt.type, dnsType.a);
  write16(record, answerAt.class, INTERNET);
  write32(record, answerAt.timeToLive, TIME_TO_LIVE_SECONDS);
  write16(record, answerAt.length, ADDRESS_BYTES);
  write32(record, answerAt.address, address);
}
