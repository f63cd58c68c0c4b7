/** A few instructions with one of them marked: where the guest was entered, or left. */

import { hex8 } from './number-text.ts';

interface ListingProps {
  readonly title: string;
  readonly lines: readonly { readonly address: number; readonly text: string }[];
  readonly marked: number;
}

export function CodeListing({ title, lines, marked }: ListingProps) {
  return (
    <figure className="crossings-code">
      <figcaption>
        {title} <code>{hex8(marked)}</code>
      </figcaption>
      {lines.length === 0 ? (
        <p className="quiet">No code can be seen there: the guest’s tables do not lead to it.</p>
      ) : (
        <ol>
          {lines.map(({ address, text }) => {
            const isMarked = address >>> 0 === marked >>> 0;
            return (
              <li key={address} className="crossings-instruction" aria-current={isMarked ? 'location' : undefined}>
                <span className="at">{hex8(address)}</span>
                <Instruction text={text} />
              </li>
            );
          })}
        </ol>
      )}
    </figure>
  );
}

/** The mnemonic stands out; what follows it does not. */
function Instruction({ text }: { readonly text: string }) {
  const [, mnemonic, operands] = /^(\S*)(.*)$/s.exec(text) ?? ['', text, ''];
  return (
    <code>
      <b>{mnemonic}</b>
      {operands}
    </code>
  );
}
