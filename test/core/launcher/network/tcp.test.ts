import { expect, test } from 'vitest';
import { type Workbench, workbench } from './bench.ts';
import { bytesOf, connected, peerOn, textOf } from './conversations.ts';
import { FakeStream } from './fake-outside.ts';
import { ACK, FIN, GATEWAY, NAMES, RST, readTcp, SYN, tcp } from './packets.ts';

test('the guest hears of a connection only once it stands outside', () => {
  const bench = workbench();
  const peer = peerOn(bench);
  peer.connect();
  bench.pass();
  peer.connect();
  bench.pass(3000);
  expect(bench.outside.streams.map(({ address, port }) => `${address}:${port}`)).toEqual(['127.0.0.1:80']);
  expect(peer.segments).toBe(0);
  bench.outside.streams[0].events.connected();
  bench.pass();
  expect(peer.open).toBe(true);
  expect(bench.network.openConversations).toBe(1);
});

test('a refusal outside is a refusal inside, an unreachable one is said by ICMP', () => {
  const bench = workbench();
  const syn = (port: number) => tcp(GATEWAY, { ports: [4000, port], sequence: 99, flags: SYN });
  bench.say(syn(1));
  bench.outside.streams[0].events.failed('refused');
  bench.pass();
  const reset = readTcp(bench.heard()[0]);
  expect(reset).toMatchObject({ flags: RST | ACK, sequence: 0, acknowledgement: 100, ports: [1, 4000] });
  bench.say(syn(2));
  bench.outside.streams[1].events.failed('unreachable');
  bench.pass();
  const [complaint] = bench.heard();
  expect(complaint[23]).toBe(1);
  expect([...complaint.subarray(34, 36)]).toEqual([3, 1]);
  expect(bench.network.openConversations).toBe(0);
});

test('a SYN with options is answered with ours', () => {
  const bench = workbench();
  const options = [2, 4, 5, 0xb4, 1, 3, 3, 7];
  bench.say(tcp(GATEWAY, { ports: [4000, 80], sequence: 0xffffffff, flags: SYN, options }));
  bench.outside.streams[0].events.connected();
  bench.pass();
  const answer = readTcp(bench.heard()[0]);
  expect(answer).toMatchObject({ flags: SYN | ACK, acknowledgement: 0, window: 0xffff });
  expect(answer.options).toEqual([2, 4, 5, 0xb4, 1, 3, 3, 2]);
});

test('without window scaling neither side scales', () => {
  const { bench, peer, stream } = connected({ shift: null });
  peer.give(new Uint8Array(100_000));
  bench.pass();
  bench.pass();
  expect(stream.bytes).toHaveLength(100_000);
  expect(peer.mostInFlight).toBeLessThanOrEqual(65_535);
});

test('bytes go both ways, and each way ends by itself', () => {
  const { bench, peer, stream } = connected();
  peer.give(bytesOf('GET /'));
  peer.end();
  bench.pass();
  expect(stream.text).toBe('GET /');
  expect(stream.ended).toBe(true);
  stream.events.data(bytesOf('the answer'));
  bench.pass();
  expect(textOf(peer.received)).toBe('the answer');
  expect(peer.heardEnd).toBe(false);
  stream.events.ended();
  bench.pass();
  expect(peer.heardEnd).toBe(true);
  expect(bench.network.openConversations).toBe(0);
  expect(stream.destroyed).toBe(false);
});

test('when the world ends first, the guest may go on, and a FIN sent again is acknowledged for a while', () => {
  const { bench, peer, stream } = connected();
  stream.events.ended();
  bench.pass();
  expect(peer.heardEnd).toBe(true);
  peer.give(bytesOf('still here'));
  peer.end();
  bench.pass();
  expect(stream.text).toBe('still here');
  expect(stream.ended).toBe(true);
  expect(bench.network.openConversations).toBe(0);
  const again = tcp(GATEWAY, { ports: [4000, 80], sequence: 1011, acknowledgement: 0, flags: ACK | FIN });
  const acknowledgedOrReset = () => {
    const heard: number[] = [];
    bench.card.onFrame = (frame) => heard.push(readTcp(frame).flags);
    bench.card.send(again);
    bench.pass();
    return heard;
  };
  expect(acknowledgedOrReset()).toEqual([ACK]);
  bench.pass(5000);
  expect(acknowledgedOrReset()).toEqual([RST]);
});

test('a reset from the guest ends the stream outside; only one in the window counts', () => {
  const { bench, peer, stream } = connected();
  bench.say(tcp(GATEWAY, { ports: [4000, 80], sequence: 900, flags: RST }));
  expect(stream.destroyed).toBe(false);
  peer.abort();
  bench.pass();
  expect(stream.destroyed).toBe(true);
  expect(bench.network.openConversations).toBe(0);
});

test('a failure outside resets the guest, unless everything had been said', () => {
  const first = connected();
  first.stream.events.failed('reset');
  first.bench.pass();
  expect(first.peer.reset).toBe(true);
  const second = connected({ window: 0 });
  second.stream.events.data(bytesOf('last words'));
  second.stream.events.ended();
  second.stream.events.failed('reset');
  second.peer.window = 1000;
  second.peer.acknowledge();
  second.bench.pass();
  expect(textOf(second.peer.received)).toBe('last words');
  expect(second.peer.reset).toBe(false);
});

test('a segment of no connection is answered with a reset that fits', () => {
  const bench = workbench();
  const [one] = bench.say(tcp(GATEWAY, { ports: [1, 2], sequence: 5, acknowledgement: 77, flags: ACK }));
  expect(readTcp(one)).toMatchObject({ flags: RST, sequence: 77 });
  const [two] = bench.say(tcp(GATEWAY, { ports: [1, 2], sequence: 5, flags: FIN, bytes: [1, 2] }));
  expect(readTcp(two)).toMatchObject({ flags: RST | ACK, sequence: 0, acknowledgement: 8 });
  expect(bench.say(tcp(GATEWAY, { ports: [1, 2], sequence: 5, flags: RST }))).toEqual([]);
});

test('an outside that does not drain shuts the window; draining opens it and says so', () => {
  const { bench, peer, stream } = connected();
  stream.stuck = true;
  peer.give(new Uint8Array(1_000_000));
  for (let round = 0; round < 20; round++) bench.pass();
  const taken = stream.bytes.length;
  expect(taken).toBeLessThanOrEqual(2 * 262_144);
  stream.stuck = false;
  stream.events.drained();
  for (let round = 0; round < 20; round++) bench.pass();
  expect(stream.bytes).toHaveLength(1_000_000);
});

test('single bytes for an outside that does not drain stay few', () => {
  const { bench, peer, stream } = connected({ segment: 1 });
  stream.stuck = true;
  peer.give(new Uint8Array(3000));
  for (let round = 0; round < 30; round++) bench.pass();
  expect(stream.written.length).toBeLessThan(600);
  stream.stuck = false;
  stream.events.drained();
  for (let nowMs = 0; nowMs < 60_000; nowMs += 500) {
    peer.tick(nowMs);
    bench.pass(500);
  }
  expect(stream.bytes).toHaveLength(3000);
});

test('a guest that does not read pauses the world outside, is asked now and then, and then gets everything', () => {
  const { bench, peer, stream } = connected({ window: 5000 });
  peer.window = 0;
  peer.acknowledge();
  bench.pass();
  const sent = Uint8Array.from({ length: 400_000 }, (_, index) => index % 251);
  for (let at = 0; at < sent.length && !stream.paused; at += 50_000) stream.events.data(sent.subarray(at, at + 50_000));
  expect(stream.paused).toBe(true);
  const before = peer.segments;
  bench.pass(600);
  expect(peer.segments).toBe(before + 1);
  for (let round = 0; round < 100; round++) bench.pass(600);
  expect(peer.received).toEqual([]);
  peer.window = 65_535;
  peer.acknowledge();
  for (let round = 0; round < 40; round++) bench.pass(20);
  expect(stream.paused).toBe(false);
  expect(peer.received).toEqual([...sent.subarray(0, 300_000)]);
  expect(peer.reset).toBe(false);
});

test('a guest that has fallen silent is given up', () => {
  const { bench, peer, stream } = connected();
  bench.card.onFrame = () => {};
  stream.events.data(bytesOf('anybody?'));
  for (let round = 0; round < 200; round++) bench.pass(1000);
  expect(stream.destroyed).toBe(true);
  expect(bench.network.openConversations).toBe(0);
  expect(peer.received).toEqual([]);
});

test('what keeps alive is answered', () => {
  const { bench } = connected();
  const heard: number[] = [];
  bench.card.onFrame = (frame) => heard.push(readTcp(frame).acknowledgement);
  const first = readTcpFirst(bench);
  bench.card.send(tcp(GATEWAY, { ports: [4000, 80], sequence: 1000, acknowledgement: first, flags: ACK }));
  bench.card.send(tcp(GATEWAY, { ports: [4000, 80], sequence: 1000, acknowledgement: first, flags: ACK, bytes: [0] }));
  bench.pass();
  expect(heard).toEqual([1001, 1001]);
});

/** The acknowledgement a guest would send now: asked for by a SYN that does not belong. */
function readTcpFirst(bench: Workbench): number {
  let sequence = 0;
  const { onFrame } = bench.card;
  bench.card.onFrame = (frame) => {
    sequence = readTcp(frame).sequence;
  };
  bench.card.send(tcp(GATEWAY, { ports: [4000, 80], sequence: 1001, flags: SYN }));
  bench.card.deliver();
  bench.card.onFrame = onFrame;
  return sequence;
}

test('connections are bounded, and people are told once', () => {
  const bench = workbench();
  for (let port = 1; port <= 200; port++) bench.say(tcp(GATEWAY, { ports: [port, 80], sequence: 5, flags: SYN }));
  expect(bench.outside.streams).toHaveLength(128);
  expect(bench.reports).toHaveLength(1);
  expect(bench.network.drops['too many connections']).toBe(72);
});

test('a new life ends all conversations; closing ends the forwards too', () => {
  const { bench, stream } = connected();
  bench.network.reset();
  expect(stream.destroyed).toBe(true);
  expect(bench.network.openConversations).toBe(0);
  const forwarding = workbench([{ hostPort: 8080, guestPort: 80 }]);
  forwarding.network.reset();
  expect(forwarding.outside.listeners.size).toBe(1);
  forwarding.network.close();
  expect(forwarding.outside.listeners.size).toBe(0);
});

test('a port of the name server other than 53 refuses', () => {
  const bench = workbench();
  const [reply] = bench.say(tcp(NAMES, { ports: [4000, 80], sequence: 5, flags: SYN }));
  expect(readTcp(reply)).toMatchObject({ flags: RST | ACK, from: NAMES });
});

test('a stream that stands and one that fails late do not disturb a connection that is over', () => {
  const { bench, peer, stream } = connected();
  peer.abort();
  bench.pass();
  stream.events.data(bytesOf('x'));
  stream.events.drained();
  stream.events.ended();
  stream.events.failed('reset');
  bench.pass(10_000);
  expect(stream).toBeInstanceOf(FakeStream);
  expect(bench.network.openConversations).toBe(0);
});
