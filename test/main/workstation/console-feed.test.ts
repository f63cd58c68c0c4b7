import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConsoleChunk } from '../../../core/protocol/counting.ts';
import { ConsoleFeed } from '../../../main/workstation/console-feed.ts';
import { ConsoleRing } from '../../../main/workstation/console-ring.ts';
import type { WindowEnd } from '../../../main/workstation/parts.ts';

const KIB = 1024;

/** A feed, a clock, windows that keep what they are sent, and what the guest was told. */
function feedWithWindows() {
  const sent = new Map<WindowEnd, Omit<ConsoleChunk, 'id'>[]>();
  const around = { nowMs: 0, taken: 0 };
  const feed = new ConsoleFeed({
    send: (window, chunk) => sent.set(window, [...(sent.get(window) ?? []), chunk]),
    onTaken: (at) => {
      expect(at).toBeGreaterThan(around.taken);
      around.taken = at;
    },
    nowMs: () => around.nowMs,
  });
  feed.beginRun();
  const newWindow = (at = 0) => {
    const window: WindowEnd = { send() {} };
    feed.open(window, at);
    feed.flush(window);
    return window;
  };
  const sentTo = (window: WindowEnd) => (sent.get(window) ?? []).map(({ at, bytes }) => [at, at + bytes.length]);
  return { feed, around, newWindow, sentTo };
}

const letters = (count: number, begin = 0) => new Uint8Array(count).map((_, index) => (begin + index) % 251);

describe('what a console printed', () => {
  test('is taken at once while nobody looks', () => {
    const { feed, around } = feedWithWindows();
    feed.append(letters(20 * KIB * KIB));
    expect(around.taken).toBe(20 * KIB * KIB);
  });

  test('is taken when the slowest window has drawn it', () => {
    const { feed, around, newWindow } = feedWithWindows();
    const [quick, slow] = [newWindow(), newWindow()];
    feed.append(letters(1000));
    feed.drawn(quick, 1000);
    expect(around.taken).toBe(0);
    feed.drawn(slow, 400);
    expect(around.taken).toBe(400);
    feed.close(slow);
    expect(around.taken).toBe(1000);
  });

  test('waits for no window that drew nothing for five seconds', () => {
    const { feed, around, newWindow, sentTo } = feedWithWindows();
    const [alive, stuck] = [newWindow(), newWindow()];
    feed.append(letters(1000));
    around.nowMs = 4000;
    feed.drawn(alive, 1000);
    feed.letStuckGo();
    expect(around.taken).toBe(0);
    around.nowMs = 5001;
    feed.letStuckGo();
    expect(around.taken).toBe(1000);
    // It is told no more until it moves, and then gets what it missed.
    feed.append(letters(1000));
    expect(sentTo(stuck)).toEqual([[0, 1000]]);
    feed.drawn(stuck, 1000);
    expect(sentTo(stuck)).toEqual([
      [0, 1000],
      [1000, 2000],
    ]);
    feed.drawn(alive, 2000);
    expect(around.taken).toBe(1000);
    feed.drawn(stuck, 2000);
    expect(around.taken).toBe(2000);
  });

  test('that nobody printed makes no window stuck', () => {
    const { feed, around, newWindow } = feedWithWindows();
    const window = newWindow();
    around.nowMs = 60_000;
    feed.append(letters(10));
    feed.letStuckGo();
    expect(around.taken).toBe(0);
    feed.drawn(window, 10);
    expect(around.taken).toBe(10);
  });

  test('is not piled up before a window that does not draw', () => {
    const { feed, newWindow, sentTo } = feedWithWindows();
    const window = newWindow();
    for (let count = 0; count < 64; count++) feed.append(letters(64 * KIB, count * 64 * KIB));
    expect(sentTo(window).at(-1)).toEqual([448 * KIB, 512 * KIB]);
  });

  test('is told with a gap where the ring no longer reaches', () => {
    const { feed, around, newWindow, sentTo } = feedWithWindows();
    const window = newWindow();
    feed.append(letters(64 * KIB));
    around.nowMs = 6000;
    feed.letStuckGo();
    for (let count = 0; count < 256; count++) feed.append(letters(64 * KIB));
    feed.drawn(window, 64 * KIB);
    expect(sentTo(window)[1]).toEqual([(16 - 8) * KIB * KIB + 64 * KIB, (16 - 8) * KIB * KIB + 128 * KIB]);
    expect(feed.open(newWindow(), 5).at).toBe((16 - 8) * KIB * KIB + 64 * KIB);
  });

  test('cannot be drawn before it was sent', () => {
    const { feed, around, newWindow } = feedWithWindows();
    const window = newWindow();
    feed.append(letters(10));
    feed.drawn(window, Number.MAX_SAFE_INTEGER);
    feed.append(letters(10));
    expect(around.taken).toBe(10);
  });

  test('before a reset is none of the new run', () => {
    const { feed, newWindow, sentTo } = feedWithWindows();
    const window = newWindow();
    feed.append(letters(100));
    feed.beginRun();
    feed.append(letters(7));
    expect(sentTo(window)).toEqual([
      [0, 100],
      [0, 7],
    ]);
    expect(feed.open(window, 100)).toEqual({ run: 2, at: 0 });
  });
});

test('a ring keeps the last of what was put into it, whatever the pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(200_000), { maxLength: 12 }), fc.nat(5000), (sizes, at) => {
      const ring = new ConsoleRing(at, 256 * KIB);
      let printed = 0;
      for (const size of sizes) {
        ring.append(letters(size, printed));
        printed += size;
      }
      expect(ring.end).toBe(at + printed);
      expect(ring.end - ring.begin).toBeGreaterThanOrEqual(Math.min(printed, 256 * KIB));
      expect(ring.end - ring.begin).toBeLessThan(320 * KIB);
      for (let from = ring.begin; from < ring.end; ) {
        const piece = ring.read(from, 50_000);
        expect(Buffer.compare(piece, letters(piece.length, from - at))).toBe(0);
        from += piece.length;
      }
      expect(ring.read(ring.end, 10)).toHaveLength(0);
    }),
    { numRuns: 50 },
  );
});
