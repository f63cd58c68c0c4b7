import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Arrivals } from '../../../main/arrivals.ts';
import type { AttachedDevice } from '../../../main/attached-device.ts';
import { readNetOption } from '../../../main/network/net-option.ts';
import { type Hubs, openNet } from '../../../main/network/open-net.ts';
import { UsageError } from '../../../main/usage-error.ts';
import { CardBench } from '../../core/launcher/devices/net/net-bench.ts';
import { freePort, serve } from './loopback.ts';

const LOOPBACK = '127.0.0.1';
const frame = (...bytes: number[]) => [...new Uint8Array(10), ...bytes, ...new Uint8Array(60 - bytes.length)];

let attached: AttachedDevice[] = [];
afterEach(() => {
  for (const device of attached) device.close();
  attached = [];
});

async function open(
  option: string,
  { arrivals = new Arrivals(), hubs = new Map() as Hubs, machineIndex = 0, cardIndex = 0 } = {},
): Promise<AttachedDevice> {
  const place = { arrivals, hubs, machineIndex, cardIndex, report: () => {} };
  const device = await openNet(readNetOption(option), place);
  attached.push(device);
  return device;
}

const macOf = (device: AttachedDevice) => Buffer.from(device.newModel().configuration).toString('hex');

describe('a card', () => {
  it('has an address of its own, the same in every run', async () => {
    const all = [];
    for (const machineIndex of [0, 1, 255]) {
      for (const cardIndex of [0, 1]) all.push(macOf(await open('hub=lab', { machineIndex, cardIndex })));
    }
    expect(new Set(all).size).toBe(6);
    expect(all[0]).toBe('020000000101');
    expect(macOf(await open('user', { machineIndex: 1 }))).toBe('020000000201');
    expect(macOf(await open('user,mac=52:54:00:12:34:56'))).toBe('525400123456');
  });
});

describe('machines at a hub', () => {
  it('hear each other by name, and nobody else', async () => {
    const [arrivals, hubs]: [Arrivals, Hubs] = [new Arrivals(), new Map()];
    const bench = async (option: string, machineIndex: number) =>
      new CardBench((await open(option, { arrivals, hubs, machineIndex })).newModel());
    const [one, two, other] = [await bench('hub=lab', 0), await bench('hub=lab', 1), await bench('hub=home', 2)];
    for (const each of [one, two, other]) each.postBuffer(1526);
    expect(arrivals.takeFresh()).toBe(false);
    one.transmit(frame(1, 2, 3));
    expect([...two.received(0)]).toEqual(frame(1, 2, 3));
    expect([one, two, other].map(({ receiver }) => receiver.usedIndex)).toEqual([0, 1, 0]);
    expect(arrivals.takeFresh()).toBe(true);
  });

  it('are joined again after a restart', async () => {
    const hubs: Hubs = new Map();
    const [one, two] = [await open('hub=lab', { hubs }), await open('hub=lab', { hubs, machineIndex: 1 })];
    const first = new CardBench(one.newModel());
    new CardBench(two.newModel());
    const second = new CardBench(two.newModel());
    second.postBuffer(1526);
    first.transmit(frame(4));
    expect(second.receiver.usedIndex).toBe(1);
  });

  it('wait for nobody outside', async () => {
    const device = await open('hub=lab');
    device.newModel();
    device.tick(1);
    expect(device.awaitsOutside).toBe(false);
  });

  it('do not mind one that is gone', async () => {
    const hubs: Hubs = new Map();
    const [one, two] = [await open('hub=lab', { hubs }), await open('hub=lab', { hubs, machineIndex: 1 })];
    const [first, second] = [new CardBench(one.newModel()), new CardBench(two.newModel())];
    second.postBuffer(1526);
    two.close();
    first.transmit(frame(5));
    expect(second.receiver.usedIndex).toBe(0);
    expect(first.transmitter.usedIndex).toBe(1);
  });
});

describe('forwards', () => {
  it('listen once the card is open, keep an idle guest with the wall, and end with it', async () => {
    const port = await freePort();
    const device = await open(`user,forward=${port}:80`);
    expect(device.awaitsOutside).toBe(true);
    const caller = connect(port, LOOPBACK);
    await new Promise((resolve) => caller.once('connect', resolve));
    caller.on('error', () => {});
    const closed = new Promise((resolve) => caller.once('close', resolve));
    device.close();
    attached = [];
    caller.resume();
    await closed;
    await open(`user,forward=${port}:80`);
  });

  it('that cannot listen are a sentence, and the others are given back', async () => {
    const { server, port: taken } = await serve(() => {});
    const port = await freePort();
    const opening = open(`user,forward=${port}:80,forward=${taken}:81`);
    await expect(opening).rejects.toThrow(UsageError);
    await expect(opening).rejects.toThrow(`port ${taken} of this computer is taken`);
    server.close();
    await open(`user,forward=${port}:80`);
  });

  it('are not needed: a card that nobody talks through lets time jump', async () => {
    expect((await open('user')).awaitsOutside).toBe(false);
  });
});
