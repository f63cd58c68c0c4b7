/** What the person prefers, for a front: it listens like one more window, since preferences are told to windows. */

import { defaultPreferences, type Preferences } from '../../core/protocol/preferences.ts';
import type { Workstation } from '../workstation/parts.ts';

/** Returns what reads the latest; `onChange` is called with every one, the first included. */
export function followPreferences(workstation: Workstation, onChange: (now: Preferences) => void): () => Preferences {
  let latest = defaultPreferences;
  const take = (preferences: Preferences) => {
    latest = preferences;
    onChange(preferences);
  };
  const end = workstation.connect({
    send(message) {
      if (message.kind === 'event' && message.name === 'preferences') take(message.value);
      // The only request made here is for them, and the table says what answers it.
      if (message.kind === 'answer') take(message.value as Preferences);
    },
  });
  end.receive({ kind: 'request', number: 0, method: 'app.preferences', argument: {} });
  return () => latest;
}
