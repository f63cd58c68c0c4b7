/**
 * The 32 entries of the global descriptor table a guest and its host share the use of (lguest-abi §6), and the bits of
 * a descriptor (SDM 3A 3.4.5).
 */

export const GDT_ENTRIES = 32;
export const DESCRIPTOR_BYTES = 8;

export const gdtEntry = {
  tls: 6,
  lguestCode: 10,
  lguestStack: 11,
  kernelCode: 12,
  kernelData: 13,
  userCode: 14,
  userData: 15,
  taskState: 16,
  localTable: 17,
  perCpu: 27,
  stackCanary: 28,
  doubleFaultTask: 31,
} as const;

export const TLS_ENTRIES = 3;

export const GUEST_RING = 1;
export const USER_RING = 3;

const selector = (index: number, ring: number) => index * DESCRIPTOR_BYTES + ring;

export const LGUEST_CS = selector(gdtEntry.lguestCode, 0);
export const LGUEST_DS = selector(gdtEntry.lguestStack, 0);
export const GUEST_KERNEL_CS = selector(gdtEntry.kernelCode, GUEST_RING);
export const GUEST_KERNEL_DS = selector(gdtEntry.kernelData, GUEST_RING);
export const GUEST_USER_CS = selector(gdtEntry.userCode, USER_RING);
export const GUEST_USER_DS = selector(gdtEntry.userData, USER_RING);

/** Both words of the flat 4 GiB segments, at DPL 0. */
export const flatCode = { low: 0x0000_ffff, high: 0x00cf_9b00 } as const;
export const flatData = { low: 0x0000_ffff, high: 0x00cf_9300 } as const;

/** Bits of a descriptor's high word. */
export const descriptor = {
  accessed: 1 << 8,
  /** Clear for system descriptors: TSS, LDT, gates. */
  codeOrData: 1 << 12,
  privilegeShift: 13,
  privilegeMask: 3 << 13,
  present: 1 << 15,
} as const;
