/**
 * An address says whose it is, and the compiler refuses a mix-up.  Casting a plain number to one of these is a claim;
 * it belongs where the number enters (a hypercall argument, cr2, a page table entry) and nowhere else.
 */

// @journey preparation/three-kinds-of-address
// There are three answers to "which byte?", and every bug of a hypervisor is one taken for another.  A guest's program
// names bytes through its own page tables; its kernel believes those tables end at physical memory; and that memory is
// itself only a stretch of the host's.  The shadow tables in core/host turn the first into the last in one step, which
// is all that lguest's memory management is for.  Here the three get names, and from here on they do not mix.

/** What a guest's program or kernel uses after segmentation: an address its own page tables translate. */
export type GuestVirtual = number & { readonly space: 'guest virtual' };
/** An offset into the memory the launcher gave the guest. */
export type GuestPhysical = number & { readonly space: 'guest physical' };
/** An address in the board's RAM: what real page tables hold. */
export type HostPhysical = number & { readonly space: 'host physical' };

// @end

export const PAGE_BYTES = 4096;
export const PAGE_SHIFT = 12;
/** The bytes of the whole pages that `size` bytes take. */
export const pageAligned = (size: number): number => Math.ceil(size / PAGE_BYTES) * PAGE_BYTES;
