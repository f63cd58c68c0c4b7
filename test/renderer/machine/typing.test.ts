import { describe, expect, test } from 'vitest';
import { bytesOf, bytesOfBinary, LONGEST_PIECE, Typing } from '../../../renderer/machine/typing.ts';

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

function slowGuest() {
  const sent: Uint8Array[] = [];
  const gates: { open: () => void; fail: () => void }[] = [];
  const lost: unknown[] = [];
  const typing = new Typing(
    (bytes) => {
      sent.push(bytes);
      return new Promise<void>((open, fail) => void gates.push({ open, fail: () => fail(new Error('gone')) }));
    },
    (reason) => lost.push(reason),
  );
  return { typing, sent, gates, lost };
}

const text = (pieces: readonly Uint8Array[]) =>
  new TextDecoder().decode(Uint8Array.from(pieces.flatMap((one) => [...one])));

describe('typing', () => {
  test('a key goes at once; keys struck meanwhile share the next message, in order', async () => {
    const { typing, sent, gates } = slowGuest();
    for (const key of ['l', 's', ' ', '-', 'l']) typing.type(bytesOf(key));
    expect(sent.map((one) => text([one]))).toEqual(['l']);
    gates[0].open();
    await settled();
    expect(sent.map((one) => text([one]))).toEqual(['l', 's -l']);
  });

  test('a long paste goes in pieces a message may have, one at a time and nothing changed', async () => {
    const { typing, sent, gates } = slowGuest();
    const paste = 'Zeile mit Ümläuten\n'.repeat(12_000);
    typing.type(bytesOf(paste));
    typing.type(bytesOf('and a key'));
    for (let n = 0; n < 10; n++) {
      expect(sent.length).toBeLessThanOrEqual(n + 1);
      gates[n]?.open();
      await settled();
    }
    expect(Math.max(...sent.map((one) => one.length))).toBeLessThanOrEqual(LONGEST_PIECE);
    expect(text(sent)).toBe(`${paste}and a key`);
  });

  test('what could not be sent is given up and said; what comes later is tried again', async () => {
    const { typing, sent, gates, lost } = slowGuest();
    typing.type(bytesOf('a'));
    typing.type(bytesOf('b'));
    gates[0].fail();
    await settled();
    expect(lost).toHaveLength(1);
    typing.type(bytesOf('c'));
    expect(sent.map((one) => text([one]))).toEqual(['a', 'c']);
  });

  test('bytes in disguise stay bytes', () => {
    expect([...bytesOfBinary('\x1b[M\xff')]).toEqual([0x1b, 0x5b, 0x4d, 0xff]);
  });
});
