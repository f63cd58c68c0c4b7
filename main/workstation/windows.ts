/** The windows that are connected, and telling them things. One that cannot be told any more is as good as closed. */

import type { EventName, Events, ToWindow } from '../../core/protocol/messages.ts';
import type { WindowEnd } from './parts.ts';

/** An event as a message; a union of names and values that the compiler cannot follow through a generic. */
function eventMessage<Name extends EventName>(name: Name, value: Events[Name]): ToWindow {
  return { kind: 'event', name, value } as ToWindow; // the table pairs each name with its value
}

export class Windows {
  private readonly open = new Set<WindowEnd>();

  add(window: WindowEnd): void {
    this.open.add(window);
  }

  remove(window: WindowEnd): void {
    this.open.delete(window);
  }

  send(window: WindowEnd, message: ToWindow): void {
    if (!this.open.has(window)) return;
    try {
      window.send(message);
    } catch {
      // Its front notices by itself, and closes the connection then.
    }
  }

  tellOne<Name extends EventName>(window: WindowEnd, name: Name, value: Events[Name]): void {
    this.send(window, eventMessage(name, value));
  }

  tellAll<Name extends EventName>(name: Name, value: Events[Name]): void {
    const message = eventMessage(name, value);
    for (const window of [...this.open]) this.send(window, message);
  }
}
