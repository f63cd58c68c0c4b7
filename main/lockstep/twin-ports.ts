/**
 * Ports for two boards of which the first has the world to itself: it asks the real ones, and what they answered is kept
 * until the second has asked the same.
 */

import type { Ports } from '../../core/agreement/ground.ts';

interface Access {
  /** Port, size, and for a write the value, as one text. */
  readonly what: string;
  readonly answer: number | undefined;
}

export class TwinPorts {
  private readonly kept: Access[] = [];
  /** The second asked for something else, or has not asked for all of it. */
  private astray = false;

  /** For the first board. */
  asking(ports: Ports): Ports {
    const keep = <Answer extends number | undefined>(what: string, answer: Answer): Answer => {
      this.kept.push({ what, answer });
      return answer;
    };
    return {
      read: (port, size) => keep(`read ${port} ${size}`, ports.read(port, size)),
      write: (port, size, value) => keep(`write ${port} ${size} ${value}`, ports.write(port, size, value)),
    };
  }

  /** For the second. */
  get repeating(): Ports {
    return {
      read: (port, size) => this.take(`read ${port} ${size}`) ?? 0,
      write: (port, size, value) => this.take(`write ${port} ${size} ${value}`),
    };
  }

  /** Both have asked for the same so far. */
  get agree(): boolean {
    return !this.astray && this.kept.length === 0;
  }

  private take(what: string): number | undefined {
    const access = this.kept.shift();
    if (access?.what !== what) this.astray = true;
    return access?.answer;
  }
}
