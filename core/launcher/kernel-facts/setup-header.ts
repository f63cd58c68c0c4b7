/**
 * What the setup header of a bzImage says about the kernel packed behind it (Linux Documentation/x86/boot.txt).  The
 * header grew field by field over twenty years, so each is asked for only where the protocol version promises it.
 */

import { boot, bootParams } from '../boot-params.ts';
import { kernelCode } from '../bzimage.ts';
import { holds, readNumber, recordAt } from '../record.ts';
import { type Fact, fact } from './fact.ts';
import { printableText } from './linux-banner.ts';

/** The compressed kernel within the bzImage. */
export interface Payload {
  readonly bytes: number;
  /** A name people know, 'none' for a bare ELF file, or null for a signature nobody told us of. */
  readonly compression: string | null;
  /** As the last word of the payload claims. */
  readonly unpackedBytes: number;
}

export interface SetupFacts {
  /** '2.12' */
  readonly protocol: string;
  readonly version: Fact<string> | null;
  readonly bits: Fact<32 | 64>;
  readonly payload: Payload | null;
  /** Memory the kernel wants for unpacking itself and its first steps. */
  readonly initialBytes: number | null;
}

const protocol = { payload: 0x0208, initialSize: boot.versionWithInitialSize, extendedLoadFlags: 0x020c } as const;
/** xloadflags bit 0: there is a 64-bit entry point. */
const KERNEL_64 = 1;
/** The offset of the version string counts from here. */
const HEADER_BASE = 0x200;
const LONGEST_VERSION = 256;
const SIZE_WORD_BYTES = 4;

const signatures: readonly { readonly name: string; readonly bytes: readonly number[] }[] = [
  { name: 'gzip', bytes: [0x1f, 0x8b] },
  { name: 'bzip2', bytes: [0x42, 0x5a, 0x68] },
  { name: 'lzma', bytes: [0x5d, 0x00, 0x00] },
  { name: 'xz', bytes: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { name: 'lzo', bytes: [0x89, 0x4c, 0x5a, 0x4f, 0x00] },
  { name: 'lz4', bytes: [0x02, 0x21, 0x4c, 0x18] },
  { name: 'zstd', bytes: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: 'none', bytes: [0x7f, 0x45, 0x4c, 0x46] },
];

/** `mov ecx, 0xc0000080; rdmsr`: EFER is where long mode is switched on, and only a 64-bit kernel's first page asks for it. */
const READ_EFER = [0xb9, 0x80, 0x00, 0x00, 0xc0, 0x0f, 0x32] as const;
const FIRST_PAGE_BYTES = 4096;

/** Precondition: `readBzImage` took the file. */
export function readSetupHeader(file: Uint8Array): SetupFacts {
  const version = recordAt(file, 0, bootParams)('version');
  const has = (name: keyof typeof bootParams.at, since: number) =>
    version >= since && holds(file, bootParams.at[name], bootParams.sizeOf[name]);
  const header = recordAt(file, 0, bootParams);
  return {
    protocol: `${version >> 8}.${String(version & 0xff).padStart(2, '0')}`,
    version: readVersion(file),
    bits: bitsOf(file, has('extendedLoadFlags', protocol.extendedLoadFlags) ? header('extendedLoadFlags') : null),
    payload: has('payloadLength', protocol.payload)
      ? readPayload(kernelCode(file), header('payloadOffset'), header('payloadLength'))
      : null,
    initialBytes: has('initialSize', protocol.initialSize) ? header('initialSize') : null,
  };
}

function readVersion(file: Uint8Array): Fact<string> | null {
  const offset = recordAt(file, 0, bootParams)('kernelVersion');
  const text = offset === 0 ? null : printableText(file, offset + HEADER_BASE, LONGEST_VERSION);
  return text === null ? null : fact(text, 'header');
}

/** Headers say so since 3.8; before, the code that will switch to long mode gives it away. */
function bitsOf(file: Uint8Array, flags: number | null): Fact<32 | 64> {
  if (flags !== null) return fact((flags & KERNEL_64) !== 0 ? 64 : 32, 'header');
  const page = kernelCode(file).subarray(0, FIRST_PAGE_BYTES);
  return fact(page.some((_, at) => startsWith(page, at, READ_EFER)) ? 64 : 32, 'file');
}

function readPayload(code: Uint8Array, offset: number, length: number): Payload | null {
  if (length < SIZE_WORD_BYTES || !holds(code, offset, length)) return null;
  const signature = signatures.find(({ bytes }) => startsWith(code, offset, bytes));
  const unpackedBytes = readNumber(code, offset + length - SIZE_WORD_BYTES, SIZE_WORD_BYTES);
  return { bytes: length, compression: signature?.name ?? null, unpackedBytes };
}

const startsWith = (bytes: Uint8Array, at: number, wanted: readonly number[]) =>
  wanted.every((byte, index) => bytes[at + index] === byte);
