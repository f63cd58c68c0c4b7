/** The bits of EFLAGS (SDM 1 3.4.3). */

export const eflag = {
  carry: 1 << 0,
  one: 1 << 1,
  parity: 1 << 2,
  adjust: 1 << 4,
  zero: 1 << 6,
  sign: 1 << 7,
  trap: 1 << 8,
  interrupt: 1 << 9,
  direction: 1 << 10,
  overflow: 1 << 11,
  privilege: 3 << 12,
  nested: 1 << 14,
  resume: 1 << 16,
  virtual8086: 1 << 17,
  alignment: 1 << 18,
  virtualInterrupt: 1 << 19,
  virtualPending: 1 << 20,
  identification: 1 << 21,
} as const;

export const ARITHMETIC = eflag.carry | eflag.parity | eflag.adjust | eflag.zero | eflag.sign | eflag.overflow;
/** EFLAGS bits an i686 stores outside the arithmetic ones. */
export const STORED =
  eflag.trap |
  eflag.interrupt |
  eflag.direction |
  eflag.privilege |
  eflag.nested |
  eflag.resume |
  eflag.virtual8086 |
  eflag.alignment |
  eflag.virtualInterrupt |
  eflag.virtualPending |
  eflag.identification;
