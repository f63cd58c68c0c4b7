import { describe, expect, test } from 'vitest';
import { deviceStatus } from '../../../../core/launcher/pci/registers.ts';
import { descriptorFlag } from '../../../../core/launcher/ring-layout.ts';
import { busOfFour, DEVICE_BYTES, MEMORY_BYTES, QUEUE_ENTRIES } from './fake-card.ts';

const { acknowledge, driver, driverReady, featuresAgreed, needsReset, failed } = deviceStatus;
const READY = acknowledge | driver | featuresAgreed | driverReady;
const BUFFER = 0x80_000;

describe('a driver that keeps to the rules', () => {
  test('sees what is offered, agrees, and has its queues served', () => {
    const { guest, said, block } = busOfFour();
    block.write('deviceFeatureSelect', 0);
    expect(block.read('deviceFeature')).toBe(0x1000_0005);
    block.write('deviceFeatureSelect', 1);
    expect(block.read('deviceFeature')).toBe(1);
    block.write('deviceFeatureSelect', 2);
    expect(block.read('deviceFeature')).toBe(0);
    expect(block.read('queueCount')).toBe(2);
    block.start(0x1000_0004);
    expect(block.read('status')).toBe(READY);
    expect(block.model.events).toEqual(['connect 0', 'connect 2']);
    expect(block.model.link?.modern).toBe(true);
    expect([0, 2, 28, 32, 40].map((feature) => block.model.link?.accepted(feature))).toEqual([
      false,
      true,
      true,
      true,
      false,
    ]);
    expect(block.model.queues.map((queue) => [queue.size, queue.indirect])).toEqual([
      [QUEUE_ENTRIES, true],
      [QUEUE_ENTRIES, true],
    ]);

    guest.memory.writeBytes(BUFFER, Uint8Array.of(1, 2, 3));
    const [, ring] = block.rings;
    ring.chain(0, [
      { at: BUFFER, length: 3 },
      { at: BUFFER + 16, length: 8, flags: descriptorFlag.write },
    ]);
    ring.offer(0);
    block.kick(1);
    expect(block.model.events.slice(2)).toEqual(['kick 1']);
    expect(ring.usedIndex).toBe(1);
    expect(ring.used(0)).toEqual({ id: 0, length: 3 });
    expect([...guest.memory.readBytes(BUFFER + 16, 3)]).toEqual([1, 2, 3]);
    expect(guest.interrupts).toEqual([2]);
    expect(block.takeInterrupts()).toBe(1);
    expect(block.takeInterrupts()).toBe(0);
    expect(said).toEqual([]);
  });

  test('may make a queue smaller, and put its parts where it likes', () => {
    const { block, said } = busOfFour();
    block.prepare();
    block.write('status', 0);
    block.addStatus('acknowledge', 'driver');
    block.accept(0, 1);
    block.addStatus('featuresAgreed');
    for (const index of [0, 1]) {
      block.placeQueue(index);
      block.write('queueSize', 8);
      expect(block.read('queueSize')).toBe(8);
      expect(block.read('queueEnable')).toBe(0);
      block.enable(index);
      expect(block.read('queueEnable')).toBe(1);
    }
    block.addStatus('driverReady');
    expect(block.model.queues.map((queue) => queue.size)).toEqual([8, 8]);
    expect(said).toEqual([]);
  });

  test('is told when the configuration changes, but not before it is ready', () => {
    const { net, guest } = busOfFour();
    net.prepare();
    net.model.link?.configurationChanged();
    expect(net.read('generation')).toBe(1);
    expect(guest.interrupts).toEqual([]);
    net.addStatus('driverReady');
    net.model.link?.configurationChanged();
    expect(net.read('generation')).toBe(2);
    expect(guest.interrupts).toEqual([4]);
    expect(net.takeInterrupts()).toBe(2);
  });

  test('reads and writes the configuration in any width', () => {
    const { console: card, face, plan } = busOfFour();
    const at = (offset: number) => (plan.devices[0].at + 0x3c + offset) as never;
    expect(face.readWindow(at(0), 1)).toBe(1);
    expect(face.readWindow(at(1), 2)).toBe(0x0302);
    expect(face.readWindow(at(8), 4)).toBe(0x0c0b_0a09);
    expect(face.readWindow(at(9), 4)).toBe(0);
    face.writeWindow(at(8), 4, 0x41);
    face.writeWindow(at(10), 4, 0x42);
    expect(card.model.events).toEqual(['configure 8 4 41']);
  });

  test('begins again after a reset, at any time', () => {
    const { block } = busOfFour();
    block.start();
    block.write('status', 0);
    expect(block.read('status')).toBe(0);
    expect(block.model.queues).toEqual([]);
    block.write('driverFeatureSelect', 0);
    expect(block.read('driverFeature')).toBe(0);
    block.write('queueSelect', 0);
    expect(block.read('queueEnable')).toBe(0);
    expect(block.read('descriptorsLow')).toBe(0);
    block.kick(0);
    block.start();
    expect(block.read('status')).toBe(READY);
    expect(block.model.events.slice(-2)).toEqual(['connect 0', 'connect 2']);
  });

  test('who kicks before it is ready is heard as soon as it is', () => {
    const { block } = busOfFour();
    block.prepare();
    block.kick(1);
    expect(block.model.events).toEqual(['connect 0']);
    block.addStatus('driverReady');
    expect(block.model.events).toEqual(['connect 0', 'connect 2', 'kick 1']);
  });
});

describe('features that cannot be agreed on', () => {
  test.each([
    ['without virtio 1.0', 5, 0, 'no virtio 1.0 one'],
    ['never offered', 2, 1, 'features it has not'],
    ['never offered, of the second word', 0, 3, 'features it has not'],
  ])('%s', (_, low, high, sentence) => {
    const { block, said } = busOfFour();
    block.write('status', acknowledge | driver);
    block.accept(low, high);
    block.addStatus('featuresAgreed');
    expect(block.read('status')).toBe(acknowledge | driver);
    expect(said).toEqual([expect.stringContaining(sentence)]);
    block.addStatus('failed');
    expect(block.read('status')).toBe(acknowledge | driver | failed);
    expect(said[1]).toBe("the guest's driver gave up on the block");
  });
});

type Bus = ReturnType<typeof busOfFour>;

describe('a driver that does not keep to the rules is asked for a reset', () => {
  const ready = ({ block }: Bus) => block.start();
  const prepared = ({ block }: Bus) => block.prepare();
  const placed = (moved: number) => (bus: Bus) => {
    prepared(bus);
    bus.block.write('status', 0);
    bus.block.addStatus('acknowledge', 'driver');
    bus.block.accept(0, 1);
    bus.block.addStatus('featuresAgreed');
    bus.block.placeQueue(0, moved);
  };
  const top = MEMORY_BYTES + DEVICE_BYTES;

  test.each<[string, (bus: Bus) => void, (bus: Bus) => void, string]>([
    ['takes a status bit back', ready, ({ block }) => block.write('status', READY & ~driver), 'took back'],
    [
      'is ready too soon',
      () => {},
      ({ block }) => block.write('status', acknowledge | driver | driverReady),
      'DRIVER_OK',
    ],
    ['agrees too soon', () => {}, ({ block }) => block.write('status', featuresAgreed), 'FEATURES_OK'],
    ['changes features late', prepared, ({ block }) => block.accept(4, 1), 'changed its features'],
    ['wants features of word 7', () => {}, wantsWord7, 'features of word 7'],
    ['is ready without queues', placed(0), ({ block }) => block.addStatus('driverReady'), 'enabled queue 0'],
    ['moves a ring', prepared, ({ block }) => block.write('usedLow', 0x9000), 'changed a queue'],
    ['resizes a live queue', ready, ({ block }) => block.write('queueSize', 4), 'changed a queue'],
    ['disables a queue', ready, ({ block }) => block.write('queueEnable', 0), 'changed a queue'],
    ['wants a larger queue', placed(0), ({ block }) => block.write('queueSize', 32), '32 entries'],
    ['wants an odd queue', placed(0), ({ block }) => block.write('queueSize', 12), '12 entries'],
    ['wants no queue', placed(0), ({ block }) => block.write('queueSize', 0), '0 entries'],
    ['aligns nothing', placed(2), ({ block }) => block.enable(0), 'not aligned to 16'],
    ['puts a queue beyond memory', placed(top), ({ block }) => block.enable(0), 'outside of memory'],
    ['puts only the end of it there', placed(top - 0x21_000), ({ block }) => block.enable(0), 'outside of memory'],
    ['puts it above 4 GiB', placed(0), aboveAll, 'outside of memory'],
  ])('it %s', (_, before, deed, sentence) => {
    const bus = busOfFour();
    before(bus);
    deed(bus);
    const { block, said, guest } = bus;
    expect(block.read('status') & needsReset).toBe(needsReset);
    expect(said).toEqual([expect.stringContaining(sentence)]);
    // Nothing but a reset helps now.
    const connected = block.model.events.length;
    block.addStatus('driverReady', 'failed');
    block.kick(0);
    block.enable(0);
    expect(said).toHaveLength(1);
    expect(block.model.events).toHaveLength(connected);
    expect(guest.dead).toBeNull();
    block.start();
    expect(block.read('status')).toBe(READY);
  });

  function wantsWord7({ block }: Bus): void {
    block.write('driverFeatureSelect', 7);
    block.write('driverFeature', 1);
  }

  function aboveAll({ block }: Bus): void {
    block.write('usedHigh', 1);
    block.enable(0);
  }

  test('a ring that makes no sense, which the driver hears of by interrupt', () => {
    const { block, said, guest } = busOfFour();
    block.start();
    block.rings[0].setAvailableIndex(1000);
    block.kick(0);
    expect(said).toEqual([expect.stringContaining('broke queue 0')]);
    expect(block.read('status')).toBe(READY | needsReset);
    expect(block.takeInterrupts() & 2).toBe(2);
    expect(guest.interrupts).toContain(2);
  });

  test('the other devices notice nothing', () => {
    const { block, net, guest } = busOfFour();
    net.start();
    block.write('status', featuresAgreed);
    net.kick(0);
    expect(net.model.events).toEqual(['connect 0', 'connect 2', 'kick 0']);
    expect(guest.interrupts).toEqual([4]);
  });

  test('one that does so for ever is quoted a hundred times', () => {
    const { block, said } = busOfFour();
    for (let time = 0; time < 1000; time++) {
      block.write('status', 0);
      block.write('status', featuresAgreed);
    }
    expect(said).toHaveLength(100);
  });
});

describe('accesses that mean nothing', () => {
  test('registers are read and written whole, or not at all', () => {
    const { face, plan, block } = busOfFour();
    const at = (offset: number) => (plan.devices[1].at + offset) as never;
    face.writeWindow(at(0x14), 4, 1);
    face.writeWindow(at(0x13), 2, 0x100);
    expect(block.read('status')).toBe(0);
    expect(face.readWindow(at(0x12), 4)).toBe(0);
    expect(face.readWindow(at(0x38), 4)).toBe(0);
    expect(face.readWindow(at(0x36), 4)).toBe(0);
    face.writeWindow(at(0x38), 4, 1);
    face.writeWindow(at(0x7e), 4, 1);
    expect(block.model.events).toEqual([]);
  });

  test('read-only registers stay, and queues that do not exist are 0', () => {
    const { block } = busOfFour();
    block.write('queueCount', 9);
    block.write('generation', 9);
    block.write('deviceFeature', 9);
    expect(block.read('queueCount')).toBe(2);
    expect(block.read('generation')).toBe(0);
    expect(block.read('queueNotifyOffset')).toBe(0);
    expect(block.read('configurationVector')).toBe(0xffff);
    block.write('queueSelect', 2);
    expect(block.read('queueSelect')).toBe(2);
    expect(block.read('queueSize')).toBe(0);
    block.write('queueSize', 4);
    block.write('queueEnable', 1);
    block.write('descriptorsLow', 4096);
    expect(block.read('queueEnable')).toBe(0);
    block.kick(2);
    block.kick(0xffff);
    expect(block.read('status')).toBe(0);
  });
});
