/**
 * The toggle.  What it shows while the machine is on is what its samples say, not what somebody asked for; and beside it
 * stands the number it is all about.
 */

import { useEffect, useState } from 'react';
import type { MachineView } from '../../core/protocol/machines.ts';
import { isOn } from '../library/state-words.ts';
import { useMachineActions } from '../library/use-machine-actions.ts';
import { short } from './amounts.ts';
import { type CounterFeed, onSampleAtMost } from './counter-feed.ts';
import { rateOver, roundTripsPerUserFault } from './rates.ts';

/** The header's numbers are taken over this long. */
const RATIO_SECONDS = 5;

interface Recent {
  readonly fastPath: boolean | null;
  readonly perUserFault: number | null;
  readonly userFaults: number | null;
  readonly roundTrips: number | null;
}

function readRecent({ history }: CounterFeed): Recent {
  return {
    fastPath: history.last?.fastPath ?? null,
    perUserFault: roundTripsPerUserFault(history, RATIO_SECONDS),
    userFaults: rateOver(history, 'userPageFaults', RATIO_SECONDS),
    roundTrips: rateOver(history, 'roundTrips', RATIO_SECONDS),
  };
}

function useRecent(feed: CounterFeed): Recent {
  const [recent, setRecent] = useState(() => readRecent(feed));
  useEffect(() => {
    setRecent(readRecent(feed));
    return onSampleAtMost(feed, 500, () => setRecent(readRecent(feed)));
  }, [feed]);
  return recent;
}

interface FastPathSwitchProps {
  readonly machine: MachineView;
  readonly feed: CounterFeed;
}

export function FastPathSwitch({ machine, feed }: FastPathSwitchProps) {
  const { fastPath: flip } = useMachineActions(machine);
  const recent = useRecent(feed);
  const running = isOn(machine.state);
  const chosen = machine.settings?.fastPath ?? false;
  const on = running ? (recent.fastPath ?? chosen) : chosen;
  return (
    <div className="machine-fast-path">
      <button
        type="button"
        role="switch"
        aria-checked={on}
        aria-describedby="machine-fast-path-help"
        className="machine-switch"
        disabled={flip === null}
        onClick={() => flip?.()}
      >
        <span className="machine-switch-track" aria-hidden="true" />
        Fast path
      </button>
      <p id="machine-fast-path-help" className="machine-faint">
        {on
          ? 'The Switcher hands page faults of programs straight back to the guest.'
          : 'Page faults of programs go out to the host, which hands them back to the guest.'}
      </p>
      <Ratio recent={recent} running={running} />
    </div>
  );
}

function Ratio({ recent, running }: { recent: Recent; running: boolean }) {
  const { perUserFault, userFaults, roundTrips } = recent;
  return (
    <dl
      className="machine-ratio"
      title={`Over the last ${RATIO_SECONDS} seconds`}
      aria-label={`Over the last ${RATIO_SECONDS} seconds`}
    >
      <div>
        <dt>round trips per user fault (last&nbsp;{RATIO_SECONDS}&nbsp;s)</dt>
        <dd data-round-trips-per-user-fault="">{running && perUserFault !== null ? perUserFault.toFixed(2) : '–'}</dd>
      </div>
      <div>
        <dt>user faults per second</dt>
        <dd>{short(running ? userFaults : null)}</dd>
      </div>
      <div>
        <dt>round trips per second</dt>
        <dd>{short(running ? roundTrips : null)}</dd>
      </div>
    </dl>
  );
}
