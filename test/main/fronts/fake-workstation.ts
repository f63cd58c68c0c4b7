/** A workstation that keeps what windows send and what fronts log. */

import type { WindowEnd, Workstation } from '../../../main/workstation/parts.ts';

export interface FakeWorkstation extends Workstation {
  readonly windows: WindowEnd[];
  readonly received: unknown[];
  readonly logged: string[];
  closed: number;
}

export function fakeWorkstation(): FakeWorkstation {
  const workstation: FakeWorkstation = {
    windows: [],
    received: [],
    logged: [],
    closed: 0,
    running: 0,
    connect(window) {
      workstation.windows.push(window);
      return { receive: (message) => workstation.received.push(message), close: () => workstation.closed++ };
    },
    log: (_, __, sentence) => workstation.logged.push(sentence),
    close: async () => {},
  };
  return workstation;
}
