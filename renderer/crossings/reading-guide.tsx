/** For somebody who has never seen a world switch: one round trip, told in order, and what the picture makes of it. */

const steps = [
  [
    'Entering',
    'The host sets the table — page tables, registers, stack — and the Switcher, one page of assembly mapped in both worlds, swaps it for the guest’s and jumps. From here the processor is the guest’s.',
  ],
  [
    'In the guest',
    'Its kernel runs in ring 1 and its programs in ring 3. A bar begins here. It is as wide as the time it took on the board’s clock, and the more instructions the guest executed, the taller it is.',
  ],
  [
    'Leaving',
    'Something stops it: a page it may not touch yet, a hypercall, an interrupt. The bar’s right edge has the colour of that cause. The Switcher saves every register and swaps the worlds back.',
  ],
  [
    'At home',
    'The line drops to the host, which fills in the page, answers the call, or hands the fault to the guest’s kernel. Then it enters again: one round trip is over and the next begins.',
  ],
] as const;

export function ReadingGuide({ startsOpen }: { readonly startsOpen: boolean }) {
  return (
    <details className="crossings-guide" open={startsOpen}>
      <summary>How to read this</summary>
      <ol>
        {steps.map(([title, story]) => (
          <li key={title}>
            <h3>{title}</h3>
            <p>{story}</p>
          </li>
        ))}
      </ol>
      <p>
        Watch for orange: a program’s fault that goes to the host only to be handed to its own kernel is the one the{' '}
        <strong>fast path</strong> spares. Scroll to zoom, drag to move, click a bar to see everything about it. From
        the keyboard, the table below has it all: arrows to choose, Enter to open, Escape to close.
      </p>
    </details>
  );
}
