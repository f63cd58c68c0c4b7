/**
 * One address, two answers: how far the guest's own page tables lead for it, and how far the shadow's did, which are the
 * ones the processor really used.
 */

import type { CrossingDetail, WalkStep } from '../../core/protocol/crossings.ts';
import { walkVerdict } from './changed-registers.ts';
import { hex8 } from './number-text.ts';

interface WalkProps {
  readonly walk: NonNullable<CrossingDetail['walk']>;
  readonly cause: string;
}

export function WalkSideBySide({ walk, cause }: WalkProps) {
  const verdict = walkVerdict(cause);
  return (
    <section aria-label="Walk of the fault">
      <h3>
        The walk for <code>{hex8(walk.address)}</code>
      </h3>
      <div className="crossings-walks">
        <Walk title="Guest’s tables" note="what the guest believes" steps={walk.guest} />
        <Walk title="Shadow tables" note="what the processor saw" steps={walk.shadow} />
      </div>
      {verdict !== '' && <p className="crossings-verdict">{verdict}</p>}
    </section>
  );
}

interface OneWalkProps {
  readonly title: string;
  readonly note: string;
  readonly steps: readonly WalkStep[];
}

function Walk({ title, note, steps }: OneWalkProps) {
  return (
    <div className="crossings-walk">
      <h4>
        {title} <span className="crossings-aside">{note}</span>
      </h4>
      {steps.length === 0 ? (
        <p className="quiet">There are none yet: every address means itself.</p>
      ) : (
        <ol>
          {steps.map((step) => (
            <Step key={`${step.label}${step.at}`} step={step} />
          ))}
        </ol>
      )}
    </div>
  );
}

/** 'present, user: not to be written': bits with commas, and behind a colon why the walk ends here all the same. */
function Step({ step: { label, at, value, meaning } }: { readonly step: WalkStep }) {
  const isPresent = /^present\b/.test(meaning);
  const [bits, objection = ''] = isPresent ? meaning.split(/:\s*/, 2) : ['', meaning];
  const words = bits.split(/,\s*/).filter((word) => word !== '');
  return (
    <li className="crossings-step" data-ends={objection !== ''}>
      <p>
        {label} <span className="at">at {hex8(at)}</span>
      </p>
      <p className="value">
        <code>{hex8(value)}</code>
      </p>
      <p className="bits">
        {words.map((word) => (
          <span key={word}>{word}</span>
        ))}
        {objection !== '' && <em>{objection}</em>}
      </p>
    </li>
  );
}
