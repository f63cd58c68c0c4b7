/** The workstation with everything this computer can do: machines in threads, comparisons in threads. */

import type { About } from '../../core/protocol/requests.ts';
import type { Workstation } from '../workstation/parts.ts';

export async function openOwnWorkstation(dataFolder: string, front: About['front']): Promise<Workstation> {
  void dataFolder;
  void front;
  return {
    connect: (window) => ({
      receive(message) {
        const number = typeof message === 'object' && message !== null && 'number' in message ? message.number : null;
        if (typeof number === 'number') window.send({ kind: 'refusal', number, sentence: 'Not yet.' });
      },
      close() {},
    }),
    log: () => {},
    running: 0,
    close: async () => {},
  };
}
