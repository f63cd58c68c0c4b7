/** The way of printed bytes out of a thread: few messages, in order, and a guest far ahead is told to wait. */

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { ConsoleChunk } from '../../../core/protocol/counting.ts';
import { ConsoleFlow } from '../../../main/machines/console-flow.ts';

const KIB = 1024;
let sent: Omit<ConsoleChunk, 'id'>[];
let flow: ConsoleFlow;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  flow = new ConsoleFlow(3, (chunk) => sent.push(chunk), Date.now);
});
afterEach(() => {
  vi.useRealTimers();
});

const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const texts = () => sent.map((chunk) => String.fromCharCode(...chunk.bytes));

describe('messages', () => {
  test('gather what is printed until somebody else gets a turn, and name where they begin', () => {
    for (const letter of 'hello') flow.print(bytes(letter));
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(1);
    flow.print(bytes(', world'));
    vi.advanceTimersByTime(100);
    expect(texts()).toEqual(['hello', ', world']);
    expect(sent.map(({ run, at }) => [run, at])).toEqual([
      [3, 0],
      [3, 5],
    ]);
  });

  test('are no more than one in ten milliseconds, unless there is a lot', () => {
    for (let ms = 0; ms < 100; ms++) {
      flow.print(bytes('.'));
      vi.advanceTimersByTime(1);
    }
    expect(sent.length).toBeLessThanOrEqual(11);
    sent = [];
    flow.print(new Uint8Array(200 * KIB));
    expect(sent.map((chunk) => chunk.bytes.length)).toEqual([64 * KIB, 64 * KIB, 64 * KIB]);
    vi.advanceTimersByTime(10);
    expect(sent.map((chunk) => chunk.bytes.length)[3]).toBeGreaterThanOrEqual(8 * KIB);
  });

  test('own their bytes', () => {
    flow.print(bytes('one'));
    flow.flush();
    flow.print(bytes('two'));
    flow.flush();
    expect(texts()).toEqual(['one', 'two']);
    expect(sent[0].bytes.buffer).not.toBe(sent[1].bytes.buffer);
    vi.advanceTimersByTime(100);
    expect(sent).toHaveLength(2);
  });
});

describe('a guest', () => {
  test('waits when it is more than four mebibytes ahead, until enough was taken', () => {
    flow.print(new Uint8Array(4096 * KIB));
    expect(flow.isFarAhead).toBe(false);
    flow.print(bytes('!'));
    expect(flow.isFarAhead).toBe(true);
    flow.take(1);
    expect(flow.isFarAhead).toBe(false);
  });

  test('gets no credit from a reader who says he has more than there is, or less than before', () => {
    flow.print(new Uint8Array(64 * KIB));
    flow.take(1e9);
    flow.take(5);
    flow.print(new Uint8Array(4096 * KIB));
    expect(flow.isFarAhead).toBe(false);
    flow.print(bytes('!'));
    expect(flow.isFarAhead).toBe(true);
  });

  test('that begins again begins at 0, behind all that was printed before', () => {
    flow.print(bytes('old'));
    flow.beginRun();
    flow.print(bytes('new'));
    flow.flush();
    expect(sent.map(({ run, at }) => [run, at])).toEqual([
      [3, 0],
      [4, 0],
    ]);
    expect(texts()).toEqual(['old', 'new']);
  });
});
