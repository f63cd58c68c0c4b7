/** World switches as the window shows them: a timeline of many, and everything known about one. */

export interface CrossingView {
  /** Counts up from 0 within a run. */
  readonly number: number;
  /** Board clock, instructions. */
  readonly enteredAt: number;
  readonly leftAt: number;
  readonly ring: number;
  readonly eip: number;
  /** 'do_page_fault+0x12', or empty if no symbol is known. */
  readonly symbol: string;
  /** A name of the tallies of round trips. */
  readonly cause: string;
  readonly outcome: string;
  readonly instructionsInGuest: number;
}

export interface WalkStep {
  readonly label: string;
  /** Where the entry lies (guest-physical, or on the board for the shadow). */
  readonly at: number;
  readonly value: number;
  /** 'present, writable, user, accessed', or why the walk ends here. */
  readonly meaning: string;
}

export interface CrossingDetail {
  readonly crossing: CrossingView;
  /** In the order of a register window: eax … esp, eip, eflags, segments, cr2, cr3. */
  readonly registers: readonly { readonly name: string; readonly value: number }[];
  /** The faulting address, by the guest's own tables and by the shadow's; null if this was no page fault. */
  readonly walk: {
    readonly address: number;
    readonly guest: readonly WalkStep[];
    readonly shadow: readonly WalkStep[];
  } | null;
  /** Where the guest was entered for this trip; it was left at `crossing.eip`. */
  readonly enteredEip: number;
  /** Instructions around the place the guest was left at, and around the place it was entered at. */
  readonly left: readonly { readonly address: number; readonly text: string }[];
  readonly entered: readonly { readonly address: number; readonly text: string }[];
}
