/** Networks: the user network, which reaches out through this computer, or a hub that machines share. */

import type { MachineSettings } from '../../../core/protocol/machines.ts';
import { Icon } from '../../shell/icons.tsx';
import { FieldGroup } from './field.tsx';
import type { SettingsProps } from './setting-fields.tsx';

type Network = MachineSettings['networks'][number];
type Forward = Extract<Network, { kind: 'user' }>['forwards'][number];

const FIRST_FORWARD: Forward = { hostPort: 2222, guestPort: 22 };

export function NetworksField({ settings, change, objections, waiting }: SettingsProps) {
  const { networks } = settings;
  const set = (number: number, network: Network) =>
    change({ networks: networks.map((one, at) => (at === number ? network : one)) });
  return (
    <FieldGroup
      label="Networks"
      hint="The user network gives the guest addresses, names and the way out. A hub joins machines of the same hub, and nothing else."
      objection={objections.networks}
      waits={waiting.has('networks')}
    >
      {networks.map((network, number) => (
        <NetworkLine
          // biome-ignore lint/suspicious/noArrayIndexKey: a network is known to the guest by its place
          key={number}
          name={`eth${number}`}
          network={network}
          set={(next) => set(number, next)}
          remove={() => change({ networks: networks.filter((_, one) => one !== number) })}
        />
      ))}
      <button
        type="button"
        className="button button-add"
        onClick={() => change({ networks: [...networks, { kind: 'user', forwards: [] }] })}
      >
        <Icon name="plus" />
        Add a network
      </button>
    </FieldGroup>
  );
}

interface NetworkLineProps {
  readonly name: string;
  readonly network: Network;
  readonly set: (network: Network) => void;
  readonly remove: () => void;
}

function NetworkLine({ name, network, set, remove }: NetworkLineProps) {
  const choose = (kind: string) => set(kind === 'hub' ? { kind, name: 'hub' } : { kind: 'user', forwards: [] });
  return (
    <div className="form-line form-line-tall">
      <code className="form-line-name">{name}</code>
      <select
        className="input select"
        aria-label={`Kind of ${name}`}
        value={network.kind}
        onChange={(event) => choose(event.target.value)}
      >
        <option value="user">User network</option>
        <option value="hub">Hub</option>
      </select>
      {network.kind === 'hub' ? (
        <input
          className="input"
          aria-label={`Hub of ${name}`}
          value={network.name}
          onChange={(event) => set({ kind: 'hub', name: event.target.value })}
        />
      ) : (
        <Forwards name={name} forwards={network.forwards} set={(forwards) => set({ kind: 'user', forwards })} />
      )}
      <button type="button" className="button-quiet button-square" aria-label={`Remove ${name}`} onClick={remove}>
        <Icon name="close" />
      </button>
    </div>
  );
}

interface ForwardsProps {
  readonly name: string;
  readonly forwards: Forward[];
  readonly set: (forwards: Forward[]) => void;
}

function Forwards({ name, forwards, set }: ForwardsProps) {
  return (
    <div className="forwards">
      {forwards.map((forward, number) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: forwards have no name, and the last one is the one that goes
        <div key={number} className="forward">
          <PortInput
            label={`Port of this computer, forward ${number + 1} of ${name}`}
            port={forward.hostPort}
            onPort={(hostPort) => set(forwards.map((one) => (one === forward ? { ...one, hostPort } : one)))}
          />
          <span className="quiet">to</span>
          <PortInput
            label={`Port of the guest, forward ${number + 1} of ${name}`}
            port={forward.guestPort}
            onPort={(guestPort) => set(forwards.map((one) => (one === forward ? { ...one, guestPort } : one)))}
          />
          <button
            type="button"
            className="button-quiet button-square"
            aria-label={`Remove forward ${number + 1} of ${name}`}
            onClick={() => set(forwards.filter((one) => one !== forward))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <button type="button" className="button-link" onClick={() => set([...forwards, nextForward(forwards)])}>
        Forward a port
      </button>
    </div>
  );
}

/** The first suggestion, or the one after the highest there is. */
function nextForward(forwards: readonly Forward[]): Forward {
  const taken = forwards.map(({ hostPort }) => hostPort).filter(Number.isInteger);
  return taken.length === 0 ? FIRST_FORWARD : { hostPort: Math.max(...taken) + 1, guestPort: FIRST_FORWARD.guestPort };
}

function PortInput({ label, port, onPort }: { label: string; port: number; onPort: (port: number) => void }) {
  return (
    <input
      type="number"
      className="input input-number"
      aria-label={label}
      min={1}
      value={Number.isNaN(port) ? '' : port}
      onChange={(event) => onPort(event.target.valueAsNumber)}
    />
  );
}
