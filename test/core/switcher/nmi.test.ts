import { beforeAll, describe, expect, it } from 'vitest';
import type { Ground } from '../../../core/agreement/ground.ts';
import { differences, hostState } from './compare-ends.ts';
import { LittleHost } from './little-host.ts';
import { NmiLine } from './nmi-line.ts';
import { everyFault, fewFaults, lostFault } from './programs.ts';
import type { End, Setting } from './setting.ts';

const line = new NmiLine();
let host: LittleHost;
beforeAll(() => {
  host = new LittleHost((ground: Ground) => line.wrap(ground));
  line.world = host.world;
});

interface Run {
  readonly end: End;
  /** Guest instructions between an NMI and its handler. */
  readonly late: number;
  readonly host: unknown;
}

function run(program: string, setting: Partial<Setting>, nmis: number[] = [], slice = 100_000): Run {
  host.reset(program, setting);
  line.raiseAfter(...nmis);
  const end = host.run(400, slice);
  return { end, late: line.late, host: hostState(host.ground) };
}

/** What differs from the run nobody disturbed, each sentence with where the NMIs came. */
function sweep(undisturbed: Run, disturbed: (at: number) => { run: Run; nmis: number }, step = 1): string[] {
  const found: string[] = [];
  for (let at = 0; at < undisturbed.end.instructions && found.length < 5; at += step) {
    const { run: other, nmis } = disturbed(at);
    const wrong = differences(undisturbed.end, other.end);
    if (other.end.nmis !== nmis) wrong.push(`${other.end.nmis} NMIs counted instead of ${nmis}`);
    if (other.late !== 0) wrong.push(`the guest ran ${other.late} instructions before the host had it`);
    if (JSON.stringify(other.host) !== JSON.stringify(undisturbed.host)) wrong.push('the host is not as it was');
    found.push(...wrong.map((sentence) => `NMI after ${at} instructions: ${sentence}`));
  }
  return found;
}

const settings: [string, Partial<Setting>][] = [
  ['the path off', { fastPath: false }],
  ['the path on', { fastPath: true }],
  ['the path on and stumbling', { fastPath: true, mapKernelFirst: false }],
];

describe.each(settings)('an NMI, with %s', (_name, setting) => {
  it('at any instruction boundary of a run changes nothing and is counted once', { timeout: 120_000 }, () => {
    const undisturbed = run(fewFaults, setting);
    expect(undisturbed.end).toMatchObject({ how: 'done', nmis: 0 });
    expect(sweep(undisturbed, (at) => ({ run: run(fewFaults, setting, [at]), nmis: 1 }))).toEqual([]);
  });

  it('nor where the guest has not even a table', { timeout: 120_000 }, () => {
    const undisturbed = run(lostFault, setting);
    expect(undisturbed.end).toMatchObject({ how: 'dead: the guest gave up', nmis: 0 });
    expect(sweep(undisturbed, (at) => ({ run: run(lostFault, setting, [at]), nmis: 1 }))).toEqual([]);
  });

  it('and another soon after are counted twice, unless the line was still up', { timeout: 120_000 }, () => {
    const undisturbed = run(fewFaults, setting);
    const twice = (apart: number) => (at: number) => {
      const disturbed = run(fewFaults, setting, [at, at + apart]);
      return { run: disturbed, nmis: 2 - line.merged };
    };
    const early = { ...undisturbed, end: { ...undisturbed.end, instructions: undisturbed.end.instructions - 60 } };
    for (const apart of [1, 2, 9, 25, 60]) expect(sweep(early, twice(apart), 11)).toEqual([]);
  });

  it('while the host timer ends every slice', { timeout: 120_000 }, () => {
    const undisturbed = run(fewFaults, setting);
    for (const slice of [70, 97, 131]) {
      const once = (at: number) => ({ run: run(fewFaults, setting, [at], slice), nmis: 1 });
      expect(sweep(undisturbed, once, 7)).toEqual([]);
    }
  });
});

describe('an NMI amid a crossing that cannot succeed', () => {
  const spoilt = (setting: Partial<Setting>, selector: 'gs' | 'es' | 'cs' | 'ss', at: number[]) => {
    host.reset(fewFaults, setting);
    host.world.state.writeDescriptor(20, 0xffff, 0x00cf7300);
    host.set(selector, selector === 'cs' || selector === 'ss' ? 0xa3 : 0xa0);
    line.raiseAfter(...at);
    return host.run(4);
  };

  it.each(['gs', 'es', 'cs', 'ss'] as const)('with a bad %s leaves the death what it was', (selector) => {
    const alone = spoilt({}, selector, []);
    expect(alone.how).toMatch(/^dead: trap 256/);
    for (let at = 0; at < alone.instructions; at++) {
      const disturbed = spoilt({}, selector, [at]);
      expect([at, disturbed.how, disturbed.nmis]).toEqual([at, alone.how, 1]);
    }
  });
});

describe('an NMI while the walker walks', () => {
  it('sends the fault home, and is told apart from other reasons', () => {
    const undisturbed = run(everyFault, { fastPath: true });
    let handedOn = 0;
    for (let at = 0; at < undisturbed.end.instructions; at += 3) {
      const { counts, traps } = run(everyFault, { fastPath: true }, [at]).end;
      handedOn += counts.nonMaskable;
      const faults = counts.reflected + (traps[14] ?? 0);
      expect(faults).toBe(undisturbed.end.counts.reflected + undisturbed.end.traps[14]);
    }
    expect(handedOn).toBeGreaterThan(0);
  });
});
