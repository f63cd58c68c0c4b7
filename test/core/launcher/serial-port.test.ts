import { describe, expect, test } from 'vitest';
import { BarePorts } from '../../../core/launcher/serial-port.ts';

function ports() {
  const printed: number[] = [];
  return { ports: new BarePorts((byte) => printed.push(byte)), printed };
}

describe('the serial port', () => {
  test('prints what is written to it', () => {
    const { ports: com1, printed } = ports();
    for (const byte of Buffer.from('ok\n')) com1.write(0x3f8, 1, byte);
    expect(Buffer.from(printed).toString()).toBe('ok\n');
  });

  test('is always ready to send and never has anything to say', () => {
    const { ports: com1 } = ports();
    expect(com1.read(0x3fd, 1)).toBe(0x60);
    expect(com1.read(0x3fa, 1)).toBe(1);
    expect(com1.read(0x3f8, 1)).toBe(0);
  });

  test('does not print the baud rate', () => {
    const { ports: com1, printed } = ports();
    com1.write(0x3fb, 1, 0x80);
    com1.write(0x3f8, 1, 3);
    com1.write(0x3f9, 1, 0);
    expect(com1.read(0x3f8, 1)).toBe(3);
    com1.write(0x3fb, 1, 3);
    expect(printed).toEqual([]);
    com1.write(0x3f8, 1, 65);
    expect(printed).toEqual([65]);
  });

  test('keeps what drivers probe it with', () => {
    const { ports: com1 } = ports();
    com1.write(0x3ff, 1, 0xa5);
    expect(com1.read(0x3ff, 1)).toBe(0xa5);
  });

  test('is a byte wide: a wider access reaches its neighbours', () => {
    const { ports: com1, printed } = ports();
    com1.write(0x3f8, 2, 0x0741);
    expect(printed).toEqual([0x41]);
    expect(com1.read(0x3f9, 1)).toBe(7);
    expect(com1.read(0x3fc, 2)).toBe(0x6000);
  });
});

test.each([
  [0, 1],
  [0x10, 0x21],
  [0xff, 0x1ff],
  [0x12345631, 0x63],
])('byte %i to port 0xF4 ends the run with code %i', (value, code) => {
  expect(ports().ports.write(0xf4, 4, value)).toBe(code);
});

test('elsewhere nobody is home', () => {
  const { ports: bare } = ports();
  expect(bare.write(0x80, 1, 1)).toBeUndefined();
  expect([1, 2, 4].map((size) => bare.read(0x60, size))).toEqual([0xff, 0xffff, 0xffffffff]);
});

describe('the firmware configuration', () => {
  const MEMORY = 0x0802_0000;
  /** Selects an item and reads some of its bytes as a number. */
  const item = (selector: number, bytes: number) => {
    const firmware = new BarePorts(() => undefined, MEMORY);
    firmware.write(0x510, 2, selector);
    return Array.from({ length: bytes }, () => firmware.read(0x511, 1)).reduceRight((sum, byte) => sum * 256 + byte, 0);
  };

  test('says its name, one processor, and how much memory', () => {
    expect(item(0, 4)).toBe(0x554d4551);
    expect(item(5, 2)).toBe(1);
    expect(item(3, 8)).toBe(MEMORY);
  });

  test('has nothing else to say', () => {
    expect(item(0x8000, 4)).toBe(0);
    expect(item(5, 4)).toBe(1);
  });
});
