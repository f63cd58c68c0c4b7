/** A page that stops reading: what waits for it, what does not, and when it is let go. */

import { decode } from '@msgpack/msgpack';
import { expect, test } from 'vitest';
import type { ToWindow } from '../../../core/protocol/messages.ts';
import { crowdedBytes, hopelessBytes, throttledSend } from '../../../main/fronts/socket-window.ts';

function slowSocket() {
  const sent: ToWindow[] = [];
  let drained: (() => void)[] = [];
  const socket = {
    bufferedAmount: 0,
    terminated: false,
    send(bytes: unknown, onSent?: unknown) {
      sent.push(decode(bytes as Uint8Array) as ToWindow); // what throttledSend encodes
      if (typeof onSent === 'function') drained.push(onSent as () => void); // ws calls it without arguments
    },
    terminate() {
      socket.terminated = true;
    },
  };
  const drain = () => {
    socket.bufferedAmount = 0;
    const those = drained;
    drained = [];
    for (const one of those) one();
  };
  // The three members of a WebSocket that are used.
  return { socket, sent, drain, window: throttledSend(socket as Parameters<typeof throttledSend>[0]) };
}

const library = (length: number): ToWindow => ({ kind: 'event', name: 'library', value: new Array(length).fill(null) });
const chunk = (at: number): ToWindow => ({
  kind: 'event',
  name: 'console',
  value: { id: 'a', run: 1, at, bytes: new Uint8Array([at]) },
});
const answer: ToWindow = { kind: 'answer', number: 1, value: null };

test('whoever reads gets everything in order', () => {
  const { window, sent } = slowSocket();
  const messages = [library(0), chunk(0), answer, library(1), chunk(1)];
  for (const message of messages) window.send(message);
  expect(sent).toEqual(messages);
});

test('whoever does not gets the latest list only, and every byte of a console', () => {
  const { socket, window, sent, drain } = slowSocket();
  window.send(chunk(0));
  socket.bufferedAmount = crowdedBytes + 1;
  for (const message of [library(1), chunk(1), library(2), answer, library(3)]) window.send(message);
  expect(sent).toEqual([chunk(0), chunk(1), answer]);
  drain();
  expect(sent.slice(3)).toEqual([library(3)]);
  drain();
  expect(sent).toHaveLength(4);
});

test('counters of two machines do not stand in for each other', () => {
  const { socket, window, sent, drain } = slowSocket();
  // Only the name and the machine are looked at.
  const counters = (id: string, wallMs: number) =>
    ({ kind: 'event', name: 'counters', value: { id, wallMs } }) as unknown as ToWindow;
  window.send(answer);
  socket.bufferedAmount = crowdedBytes + 1;
  for (const message of [counters('a', 1), counters('b', 1), counters('a', 2)]) window.send(message);
  drain();
  expect(sent).toEqual([answer, counters('a', 2), counters('b', 1)]);
});

test('a list that went out at once is not followed by an older one', () => {
  const { socket, window, sent, drain } = slowSocket();
  window.send(answer);
  socket.bufferedAmount = crowdedBytes + 1;
  window.send(library(1));
  socket.bufferedAmount = 0;
  window.send(library(2));
  drain();
  expect(sent).toEqual([answer, library(2)]);
});

test('whoever is hopelessly behind is let go', () => {
  const { socket, window, sent } = slowSocket();
  socket.bufferedAmount = hopelessBytes + 1;
  window.send(chunk(0));
  expect([socket.terminated, sent]).toEqual([true, []]);
});
