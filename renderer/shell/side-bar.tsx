/** The left edge: the way home, the library, and the places that belong to no machine. */

import { MachineList } from '../library/machine-list.tsx';
import { Icon, type IconName } from './icons.tsx';
import type { Place } from './place.ts';
import { useGo, usePlace } from './use-place.ts';

type PlainView = Exclude<Place['view'], 'machine'>;

const below: readonly { readonly view: PlainView; readonly label: string; readonly icon: IconName }[] = [
  { view: 'compare', label: 'Compare', icon: 'compare' },
  { view: 'log', label: 'Log', icon: 'log' },
  { view: 'preferences', label: 'Preferences', icon: 'preferences' },
  { view: 'about', label: 'About', icon: 'about' },
];

export function SideBar() {
  return (
    <nav className="side-bar" aria-label="Places">
      <PlaceButton view="home" label="All machines" icon="home" />
      <MachineList />
      <div className="side-below">
        {below.map((one) => (
          <PlaceButton key={one.view} {...one} />
        ))}
      </div>
    </nav>
  );
}

function PlaceButton({ view, label, icon }: { view: PlainView; label: string; icon: IconName }) {
  const here = usePlace().view === view;
  const go = useGo();
  return (
    <button type="button" className="place" aria-current={here ? 'page' : undefined} onClick={() => go({ view })}>
      <Icon name={icon} />
      {label}
    </button>
  );
}
