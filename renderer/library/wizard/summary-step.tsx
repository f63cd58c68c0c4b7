/** Everything once more, in words, before it is made. */

import type { MachineSettings } from '../../../core/protocol/machines.ts';
import { KernelFactsPanel } from '../form/kernel-facts.tsx';
import type { FactsState } from '../form/use-kernel-facts.ts';
import { summaryLines } from './summary.ts';

interface SummaryProps {
  readonly settings: MachineSettings;
  readonly facts: FactsState;
}

export function SummaryStep({ settings, facts }: SummaryProps) {
  return (
    <div className="wizard-columns">
      <dl className="facts-list summary">
        {summaryLines(settings).map(({ label, text }) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      <KernelFactsPanel state={facts} />
    </div>
  );
}
