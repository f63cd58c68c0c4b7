import { describe, expect, test } from 'vitest';
import { type DeviceFace, DeviceFaces, LARGEST_DEVICE_BYTES } from '../../../core/launcher/device-faces.ts';
import { ConsoleModel } from '../../../core/launcher/devices/console/model.ts';
import type { DeviceModel } from '../../../core/launcher/devices/model.ts';
import { thrownBy } from './build-elf.ts';
import { eraOf, FakeGuest, physical } from './fake-guest.ts';
import { FakeModel, fakeModels } from './fake-model.ts';

const RAM = 0x40_0000;
const PAGE = 0x1000;
const PCI_ADDRESS = 0xcf8;
const PCI_DATA = 0xcfc;
const BAR0 = 0x10;
const slotAddress = (slot: number, register: number) => (0x8000_0000 | (slot << 11) | register) >>> 0;

function standUp(devices: readonly DeviceModel[], face: DeviceFace = 'auto') {
  const reports: string[] = [];
  const faces = new DeviceFaces({
    console: new ConsoleModel(() => {}),
    devices,
    memoryBytes: RAM,
    face,
    report: (sentence) => reports.push(sentence),
  });
  const { deviceBytes } = faces;
  const guest = new FakeGuest({ name: 'guest', memoryBytes: RAM, deviceBytes, fastPath: true, surroundings: faces });
  faces.attach(guest);
  const configuration = (slot: number, register: number) => {
    faces.writePort(PCI_ADDRESS, 4, slotAddress(slot, register));
    return faces.readPort(PCI_DATA, 4);
  };
  const page = () => guest.memory.readBytes(physical(RAM), PAGE);
  return { faces, guest, reports, configuration, page };
}

const ABSENT = 0xffff_ffff;
const CONSOLE_ON_PCI = 0x1043_1af4;

describe('before the handshake', () => {
  test('no device is to be found on either face, and no model is connected', () => {
    const model = new FakeModel();
    const { faces, configuration, page } = standUp([model]);
    expect(configuration(1, 0)).toBe(ABSENT);
    expect(page().every((byte) => byte === 0)).toBe(true);
    expect(faces.onNotify(physical(RAM))).toBe(false);
    expect(model.connected).toEqual([]);
  });
});

describe.each<[string, DeviceFace]>([
  ['2.6.24', 'auto'],
  ['2.6.31', 'auto'],
  ['3.0', 'auto'],
  ['4.1', 'bus'],
])('a kernel since %s with --devices %s', (since, face) => {
  test('finds the bus, the console last, and no PCI', () => {
    const model = new FakeModel();
    const { faces, guest, configuration, page } = standUp([model], face);
    guest.shakeHands(eraOf(since));
    const types = [page()[0], page()[5 + 8]];
    expect(types).toEqual([model.type, 3]);
    expect(model.connected).toHaveLength(1);
    expect(model.connected[0].link.modern).toBe(false);
    expect(configuration(1, 0)).toBe(ABSENT);
    expect([1, 2, 4].map((bytes) => faces.readPort(0x64, bytes as 1 | 2 | 4))).toEqual([0xff, 0xffff, ABSENT]);
    expect(faces.readWindow(faces.windowStart, 2)).toBe(0xffff);
    faces.writeWindow(faces.windowStart, 2, 1);
    expect(faces.onNotify(physical(RAM + PAGE))).toBe(true);
    expect(model.kicked).toEqual([0]);
  });
});

describe.each<[string, DeviceFace]>([
  ['4.1', 'auto'],
  ['3.0', 'pci'],
])('a kernel since %s with --devices %s', (since, face) => {
  test('finds PCI, the console first, and an empty page', () => {
    const model = new FakeModel();
    const { faces, guest, configuration } = standUp([model], face);
    guest.shakeHands(eraOf(since));
    expect(configuration(1, 0)).toBe(CONSOLE_ON_PCI);
    expect(configuration(2, 0)).toBe(0x1044_1af4);
    expect(configuration(3, 0)).toBe(ABSENT);
    expect(guest.memory.bytes.every((byte) => byte === 0)).toBe(true);
    expect(model.connected).toEqual([]);
    expect(faces.onNotify(physical(RAM))).toBe(false);
    expect(faces.onNotify(physical(RAM + PAGE))).toBe(false);
    expect(faces.readWindow(physical(configuration(1, BAR0)), 2)).not.toBe(0xffff);
  });
});

describe('the window of device addresses', () => {
  test.each([1, 10, 29])('lies beyond the pages of %i devices, on pages of its own', (count) => {
    const { faces } = standUp(fakeModels(count));
    expect(faces.windowStart).toBeGreaterThanOrEqual(RAM + faces.deviceBytes);
    expect(faces.windowStart % PAGE).toBe(0);
    expect(faces.windowBytes % PAGE).toBe(0);
    expect(faces.deviceBytes).toBeLessThanOrEqual(LARGEST_DEVICE_BYTES);
  });

  test('is where lguest put it', () => {
    expect(standUp([]).faces.windowStart).toBe(RAM + 0x10_0000);
  });

  test('does not exist for a guest told to use the bus, nor do pages for one told to use PCI', () => {
    expect(standUp([], 'bus').faces.windowBytes).toBe(0);
    expect(standUp([], 'pci').faces.deviceBytes).toBe(0);
  });
});

describe('too many devices', () => {
  const refusal = (devices: readonly DeviceModel[], face: DeviceFace) => thrownBy(() => standUp(devices, face));

  test('are refused before there is a guest', () => {
    expect(refusal(fakeModels(31), 'auto')).toMatchObject({
      kind: 'too many devices',
      message: '32 devices, console included, are more than the 31 slots of a PCI bus',
    });
    expect(refusal(fakeModels(31), 'pci')).toMatchObject({ kind: 'too many devices' });
    expect(refusal(fakeModels(30), 'bus')).toMatchObject({
      kind: 'too many devices',
      message: expect.stringMatching(/^31 devices, console included, with 32 queues are more than the lguest bus/),
    });
    expect(refusal(fakeModels(29), 'bus')).toBeNull();
    expect(refusal(fakeModels(30), 'pci')).toBeNull();
  });

  test('for the bus alone kill only a kernel that needs the bus', () => {
    const modern = standUp(fakeModels(30));
    modern.guest.shakeHands(eraOf('4.1'));
    expect(modern.guest.dead).toBeNull();
    expect(modern.configuration(31, 0)).toBe(0x1044_1af4);
    const old = standUp(fakeModels(30));
    old.guest.shakeHands(eraOf('3.0'));
    expect(old.guest.dead).toMatchObject({ end: 'killed', reason: expect.stringContaining('one a queue') });
  });

  test.each([
    ['descriptors', { configuration: new Uint8Array(200) }, /do not fit on the page of the lguest bus$/],
    ['a configuration', { configuration: new Uint8Array(256) }, /no room for the configuration of the entropy source$/],
    ['rings', { queueSizes: [8192] }, /^the rings of .* do not fit on the lguest bus$/],
  ])('or too large: %s', (_, unlike, message) => {
    const devices = Array.from({ length: 20 }, () => new FakeModel(unlike));
    expect(refusal(devices, 'bus')).toMatchObject({ message: expect.stringMatching(message) });
  });
});

describe('the layout of descriptors', () => {
  const BANNER = 'Linux version 2.6.24';
  const typeOfFirstField = (banner: string) => {
    const { guest, page } = standUp([new FakeModel()]);
    guest.memory.writeBytes(0x10_2345, Buffer.from(`${banner}-test (somebody@somewhere)\n\0`));
    guest.shakeHands(eraOf('2.6.24'));
    return [...page().subarray(1, 5)];
  };

  test('is the old one for 2.6.24 itself', () => {
    expect(typeOfFirstField(BANNER)).toEqual([10, 0, 2, 8]);
  });

  test.each(['Linux version 2.6.25', 'Linux version 2.6.240', 'no kernel'])('is the later one for %s', (banner) => {
    expect(typeOfFirstField(banner)).toEqual([1, 0, 0, 0]);
  });
});
