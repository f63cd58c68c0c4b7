/**
 * Core knows no TextEncoder (that is the DOM's, or Node's), and a command line is short: UTF-8 by hand.
 */

/** UTF-8 bytes of a string (RFC 3629 §3); a lone surrogate becomes U+FFFD, as TextEncoder does it. */
export function encodeText(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const raw = character.codePointAt(0)!;
    const point = raw >= 0xd800 && raw <= 0xdfff ? 0xfffd : raw;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), trailing(point, 0));
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), trailing(point, 6), trailing(point, 0));
    else bytes.push(0xf0 | (point >> 18), trailing(point, 12), trailing(point, 6), trailing(point, 0));
  }
  return Uint8Array.from(bytes);
}

const trailing = (point: number, shift: number) => 0x80 | ((point >> shift) & 0x3f);

/** Bytes up to a NUL, or `limit` of them, or the end, as Latin-1: for names in files, which are ASCII if anything. */
export function decodeName(bytes: Uint8Array, offset: number, limit: number): string {
  let name = '';
  const end = Math.min(bytes.length, offset + limit);
  for (let index = offset; index < end && bytes[index] !== 0; index++) name += String.fromCharCode(bytes[index]);
  return name;
}
