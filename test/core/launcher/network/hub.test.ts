import { expect, test } from 'vitest';
import { CABLE_FRAMES } from '../../../../core/launcher/network/cable.ts';
import { createHub } from '../../../../core/launcher/network/hub.ts';

function plugged(count: number) {
  const hub = createHub();
  const heard: string[] = [];
  const ends = Array.from({ length: count }, (_, index) => {
    const end = hub.plug();
    end.onFrame = ([mark]) => heard.push(`${index}:${mark}`);
    return end;
  });
  return { hub, heard, ends };
}

test('a frame reaches all the others and not its sender', () => {
  const { heard, ends } = plugged(3);
  ends[1].send(Uint8Array.of(7));
  ends[1].deliver();
  expect(heard.sort()).toEqual(['0:7', '2:7']);
});

test('each listener owns its frame', () => {
  const { ends } = plugged(3);
  const frames: Uint8Array[] = [];
  ends[0].onFrame = (frame) => frames.push(frame.fill(0));
  ends[2].onFrame = (frame) => frames.push(frame);
  ends[1].send(Uint8Array.of(7));
  ends[1].deliver();
  expect(frames.map(([mark]) => mark).sort()).toEqual([0, 7]);
});

test('an answer comes back within the same delivery', () => {
  const { heard, ends } = plugged(2);
  ends[1].onFrame = () => ends[1].send(Uint8Array.of(8));
  ends[0].send(Uint8Array.of(7));
  ends[0].deliver();
  expect(heard).toEqual(['0:8']);
});

test('one machine that does not listen loses frames, the others miss none', () => {
  const { heard, ends } = plugged(3);
  ends[2].hasRoom = () => false;
  for (let burst = 0; burst < 3; burst++) {
    for (let mark = 0; mark < CABLE_FRAMES; mark++) ends[0].send(Uint8Array.of(mark));
    ends[0].deliver();
  }
  expect(heard).toHaveLength(3 * CABLE_FRAMES);
  ends[2].hasRoom = () => true;
  ends[2].deliver();
  expect(heard).toHaveLength(4 * CABLE_FRAMES);
});

test('an unplugged machine hears nothing and disturbs nobody', () => {
  const { hub, heard, ends } = plugged(3);
  hub.unplug(ends[2]);
  ends[0].send(Uint8Array.of(1));
  ends[2].send(Uint8Array.of(2));
  ends[0].deliver();
  ends[2].deliver();
  expect(heard).toEqual(['1:1']);
});
