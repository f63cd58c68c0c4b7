/**
 * The page a kernel reads first.  boot_params (Linux Documentation/x86/zero-page, boot.txt) lies at guest-physical 0,
 * the command line right behind it; a bzImage carries the same setup header at the same offsets, so one layout serves
 * both.  Only the fields lguest's launcher sets are set; all else is zero.
 *
 *      0x0000  boot_params      e820: one region of RAM, from 0
 *      0x1000  command line     NUL terminated
 *        …     the kernel       where its image says
 *      top     initrd           page aligned, ending exactly at the end of RAM
 */

import { bytes, layout, u8, u16, u32, u64 } from '../agreement/layout.ts';

export const bootParams = layout('BOOT_PARAMS', {
  before: bytes(0x1e8),
  e820Entries: u8,
  beforeHeader: bytes(8),
  setupSectors: u8,
  rootFlags: u16,
  systemSize: u32,
  ramSize: u16,
  videoMode: u16,
  rootDevice: u16,
  bootFlag: u16,
  jump: u16,
  headerMagic: u32,
  version: u16,
  realModeSwitch: u32,
  startSystem: u16,
  kernelVersion: u16,
  loaderType: u8,
  loadFlags: u8,
  setupMoveSize: u16,
  code32Start: u32,
  ramdiskImage: u32,
  ramdiskSize: u32,
  bootSectorKludge: u32,
  heapEnd: u16,
  extendedLoader: u16,
  commandLine: u32,
  initrdLimit: u32,
  kernelAlignment: u32,
  relocatable: u8,
  minimumAlignment: u8,
  extendedLoadFlags: u16,
  commandLineSize: u32,
  hardwareSubarchitecture: u32,
  subarchitectureArgument: u64,
  payloadOffset: u32,
  payloadLength: u32,
  setupRecords: u64,
  preferredAddress: u64,
  initialSize: u32,
  beforeMap: bytes(0x2d0 - 0x264),
  e820Map: bytes(20),
  rest: bytes(0x1000 - 0x2e4),
});

/** One line of the memory map: BIOS int 15h, ax=e820h. */
export const e820Entry = layout('E820', { address: u64, size: u64, type: u32 });

export const boot = {
  /** 'HdrS' as a little-endian word. */
  headerMagic: 0x53726448,
  /** At the end of every boot sector since 1981. */
  bootFlag: 0xaa55,
  version: 0x0207,
  /** First protocol version whose systemSize has all of its four bytes. */
  versionWithWideSize: 0x0204,
  /** First protocol version that names preferredAddress and initialSize. */
  versionWithInitialSize: 0x020a,
  loadedHigh: 1,
  keepSegments: 0x40,
  loaderUnknown: 0xff,
  kernelAlignment: 0x1000000,
  subarchitectureLguest: 1,
  e820Ram: 1,
  paramsAddress: 0,
  commandLineAddress: 0x1000,
  commandLineBytes: 4096,
} as const;
