/** Registers as the guest left them; those that changed since it was left the time before stand out. */

import type { CrossingDetail } from '../../core/protocol/crossings.ts';
import { registerLines } from './changed-registers.ts';
import { hex8 } from './number-text.ts';

interface RegisterProps {
  readonly detail: CrossingDetail;
  readonly before: CrossingDetail | null;
}

export function RegisterWindow({ detail, before }: RegisterProps) {
  const lines = registerLines(detail, before);
  return (
    <section aria-label="Registers">
      <h3>
        Registers
        <span className="quiet">
          {before ? ' changed since the crossing before are marked' : ' the crossing before is no longer known'}
        </span>
      </h3>
      <dl className="crossings-registers">
        {lines.map(({ name, value, changed, before: was }) => (
          <div key={name} data-changed={changed} title={changed && was !== null ? `was ${hex8(was)}` : undefined}>
            <dt>{name}</dt>
            <dd>
              {hex8(value)}
              {changed && was !== null && <span className="spoken"> changed, was {hex8(was)}</span>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
