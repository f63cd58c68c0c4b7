/** The facts of a kernel as `inspect` tells them, or why it cannot be booted. */

import { Icon } from '../../shell/icons.tsx';
import type { FactsState } from './use-kernel-facts.ts';

export function KernelFactsPanel({ state }: { state: FactsState }) {
  return (
    <section className="facts" aria-label="About this kernel" aria-live="polite" aria-busy={state.is === 'asking'}>
      <FactsBody state={state} />
    </section>
  );
}

function FactsBody({ state }: { state: FactsState }) {
  switch (state.is) {
    case 'nothing':
      return <p className="quiet">Choose a sample guest or a kernel, and what it is will be shown here.</p>;
    case 'asking':
      return <p className="quiet">Reading…</p>;
    case 'refused':
      return <Warning sentence={state.sentence} />;
    case 'known':
      return (
        <>
          {state.facts.objection !== null && <Warning sentence={state.facts.objection} />}
          <dl className="facts-list">
            {state.facts.lines.map(({ label, text }, line) => (
              // A label may come twice, and lines never move.
              // biome-ignore lint/suspicious/noArrayIndexKey: see above
              <div key={line}>
                <dt>{label}</dt>
                <dd>{text}</dd>
              </div>
            ))}
          </dl>
        </>
      );
    default:
      return state satisfies never;
  }
}

export function Warning({ sentence }: { sentence: string }) {
  return (
    <p className="warning">
      <Icon name="warning" />
      <span>{sentence}</span>
    </p>
  );
}
