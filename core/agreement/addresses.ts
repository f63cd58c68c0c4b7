/**
 * An address says whose it is, and the compiler refuses a mix-up.  Casting a plain number to one of these is a claim;
 * it belongs where the number enters (a hypercall argument, cr2, a page table entry) and nowhere else.
 */

/** What a guest's program or kernel uses after segmentation: an address its own page tables translate. */
export type GuestVirtual = number & { readonly space: 'guest virtual' };
/** An offset into the memory the launcher gave the guest. */
export type GuestPhysical = number & { readonly space: 'guest physical' };
/** An address in the board's RAM: what real page tables hold. */
export type HostPhysical = number & { readonly space: 'host physical' };

export const PAGE_BYTES = 4096;
export const PAGE_SHIFT = 12;
