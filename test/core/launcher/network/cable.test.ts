import { expect, test } from 'vitest';
import { CABLE_FRAMES, cable } from '../../../../core/launcher/network/cable.ts';

const frame = (mark: number) => Uint8Array.of(mark);

test('a frame is heard at delivery, by the other end, and the answer to it too', () => {
  const [card, router] = cable();
  const heard: string[] = [];
  router.onFrame = ([mark]) => {
    heard.push(`router ${mark}`);
    router.send(frame(mark + 1));
    router.deliver();
    heard.push('router done');
  };
  card.onFrame = ([mark]) => heard.push(`card ${mark}`);
  card.send(frame(1));
  expect(heard).toEqual([]);
  card.deliver();
  expect(heard).toEqual(['router 1', 'router done', 'card 2']);
});

test('a full cable says so and loses the next frame only', () => {
  const [card, router] = cable();
  const heard: number[] = [];
  router.onFrame = ([mark]) => heard.push(mark);
  for (let mark = 0; mark < CABLE_FRAMES; mark++) {
    expect(card.otherEndHasRoom).toBe(true);
    card.send(frame(mark));
  }
  expect(card.otherEndHasRoom).toBe(false);
  card.send(frame(99));
  card.deliver();
  expect(heard).toHaveLength(CABLE_FRAMES);
  expect(card.otherEndHasRoom).toBe(true);
});

test('frames wait, in order, for an end that has no room', () => {
  const [card, router] = cable();
  const heard: number[] = [];
  let room = 2;
  card.hasRoom = () => room > 0;
  card.onFrame = ([mark]) => {
    heard.push(mark);
    room--;
  };
  for (const mark of [1, 2, 3, 4]) router.send(frame(mark));
  router.deliver();
  expect(heard).toEqual([1, 2]);
  router.send(frame(5));
  room = 10;
  card.deliver();
  expect(heard).toEqual([1, 2, 3, 4, 5]);
});

test('two ends that never stop answering do not keep the delivery for ever', () => {
  const [left, right] = cable();
  let heard = 0;
  left.onFrame = (bytes) => left.send(bytes);
  right.onFrame = (bytes) => {
    heard++;
    right.send(bytes);
  };
  left.send(frame(1));
  left.deliver();
  expect(heard).toBeGreaterThan(1);
  const before = heard;
  left.deliver();
  expect(heard).toBeGreaterThan(before);
});
