/** A machine's state as a dot and a word; the reason, if there is one, is a tooltip here and a sentence elsewhere. */

import type { MachineView } from '../../core/protocol/machines.ts';
import { stateWord } from './state-words.ts';

export function StateBadge({ machine }: { machine: MachineView }) {
  const { word, tone, reason } = stateWord(machine);
  return (
    <span className="state" data-tone={tone} title={reason || undefined}>
      <span className="state-dot" aria-hidden="true" />
      {word}
    </span>
  );
}
