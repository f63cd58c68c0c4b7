import { describe, expect, test } from 'vitest';
import { readSetupHeader } from '../../../../core/launcher/kernel-facts/setup-header.ts';
import { buildBzImage } from './small-kernels.ts';

describe('the setup header of a bzImage', () => {
  test('names protocol, version, payload and first memory', () => {
    expect(readSetupHeader(buildBzImage())).toEqual({
      protocol: '2.12',
      version: { value: '3.11.0 (us@here) #1', origin: 'header' },
      bits: { value: 32, origin: 'header' },
      payload: { bytes: 8, compression: 'gzip', unpackedBytes: 0x1234 },
      initialBytes: 0x80000,
    });
  });

  test.each([
    ['gzip', [0x1f, 0x8b, 8, 0]],
    ['bzip2', [0x42, 0x5a, 0x68, 0x39]],
    ['lzma', [0x5d, 0, 0, 0]],
    ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
    ['lzo', [0x89, 0x4c, 0x5a, 0x4f, 0]],
    ['lz4', [0x02, 0x21, 0x4c, 0x18]],
    ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
    ['none', [0x7f, 0x45, 0x4c, 0x46]],
    [null, [1, 2, 3, 4]],
  ])('knows a payload of %s', (compression, payload) => {
    expect(readSetupHeader(buildBzImage({ payload })).payload).toMatchObject({ compression });
  });

  test('says 64-bit where a flag says so', () => {
    const facts = readSetupHeader(buildBzImage({ fields: { extendedLoadFlags: 1 } }));
    expect(facts.bits).toEqual({ value: 64, origin: 'header' });
  });

  test('older than that flag, gives long mode away by its code', () => {
    const code = Uint8Array.from([0x90, 0xb9, 0x80, 0, 0, 0xc0, 0x0f, 0x32]);
    const fields = { version: 0x020a, extendedLoadFlags: 1 };
    expect(readSetupHeader(buildBzImage({ fields, code })).bits).toEqual({ value: 64, origin: 'file' });
    expect(readSetupHeader(buildBzImage({ fields })).bits).toEqual({ value: 32, origin: 'file' });
  });

  test('promises no more than its protocol version does', () => {
    const old = readSetupHeader(buildBzImage({ fields: { version: 0x0207 } }));
    expect(old).toMatchObject({ protocol: '2.07', payload: null, initialBytes: null });
  });

  test.each([
    ['no version', { kernelVersion: 0 }],
    ['a version beyond the file', { kernelVersion: 0xfff0 }],
  ])('with %s has none', (_, fields) => {
    expect(readSetupHeader(buildBzImage({ fields })).version).toBeNull();
  });

  test('whose version would disturb a terminal has none', () => {
    expect(readSetupHeader(buildBzImage({ version: '3.11\x1b[2J' })).version).toBeNull();
  });

  test.each([
    ['longer than the file', { payloadLength: 0x7fffffff }],
    ['beyond the file', { payloadOffset: 0xfffffff0 }],
    ['too short for its size', { payloadLength: 3 }],
  ])('with a payload %s has none', (_, fields) => {
    expect(readSetupHeader(buildBzImage({ fields })).payload).toBeNull();
  });
});
