/** One machine at work: what it says, and what that costs. */

import './charts.css';
import './console.css';
import './counters.css';
import './machine-view.css';
import { useEffect, useState } from 'react';
import { useConnection, useMachine, useMachines } from '../store.ts';
import { ConsolePanel } from './console-panel.tsx';
import { CountersPanel } from './counters-panel.tsx';
import { remembered } from './remembered.ts';
import { type Arrangement, Splitter } from './splitter.tsx';
import { keepTerminalsOf } from './terminals.ts';

const rememberedArrangement = remembered('machine.arrangement');
/** Below this, side by side leaves neither enough room. */
const WIDE_ENOUGH = 1000;

export function MachineView({ id }: { id: string }) {
  const machine = useMachine(id);
  useForgetting();
  const { arrangement, flip } = useArrangement();
  if (machine === undefined) return null;
  return (
    <div className="machine-view">
      <Splitter
        key={arrangement}
        name="machine.console"
        label="Room for console and counters"
        arrangement={arrangement}
        usualShare={0.58}
        first={<ConsolePanel machine={machine} />}
        second={<CountersPanel machine={machine} arrange={<ArrangeButton arrangement={arrangement} onFlip={flip} />} />}
      />
    </div>
  );
}

/** Terminals go with their machines. */
function useForgetting(): void {
  const connection = useConnection();
  const machines = useMachines();
  useEffect(() => keepTerminalsOf(connection, new Set(machines.map(({ id }) => id))), [connection, machines]);
}

function useArrangement() {
  const [arrangement, setArrangement] = useState<Arrangement>(() => {
    const kept = rememberedArrangement.read();
    if (kept === 'beside' || kept === 'below') return kept;
    return window.innerWidth >= WIDE_ENOUGH ? 'beside' : 'below';
  });
  const flip = () => {
    const flipped = arrangement === 'beside' ? 'below' : 'beside';
    rememberedArrangement.write(flipped);
    setArrangement(flipped);
  };
  return { arrangement, flip };
}

function ArrangeButton({ arrangement, onFlip }: { arrangement: Arrangement; onFlip: () => void }) {
  const label = arrangement === 'beside' ? 'Put the counters below the console' : 'Put the counters beside the console';
  return (
    <button type="button" className="button-quiet button-square" aria-label={label} title={label} onClick={onFlip}>
      <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
        <path d={arrangement === 'beside' ? 'M2.5 3h11v10h-11zM2.5 9h11' : 'M2.5 3h11v10h-11zM9 3v10'} />
      </svg>
    </button>
  );
}
