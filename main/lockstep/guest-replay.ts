/** A guest on twin boards, from power on: as `compare` runs one side, with the same fixed inputs and nobody typing. */

import { createHost } from '../../core/host/host.ts';
import { runSide, type Side } from '../../core/launcher/compare.ts';
import { createBoard, type EngineName } from '../../core/x86/board.ts';
import { circumstancesOf } from '../circumstances.ts';
import { CompareSides } from '../compare-sides.ts';
import { imageProblem, type RunRequest } from '../guest-requests.ts';
import { hostBoardBytes } from '../new-host.ts';
import type { Replay } from './first-difference.ts';
import { TwinBoard } from './twin-board.ts';

export interface ReplayTerms {
  readonly one: EngineName;
  readonly other: EngineName;
  readonly step: number;
  readonly memoryStep: number;
  /** Called now and then, and at the end, with the instructions executed; false ends the run. */
  readonly goesOn: (instructions: number) => Promise<boolean>;
}

export function guestReplay(request: RunRequest, terms: ReplayTerms, report: (sentence: string) => void): Replay {
  const [{ image, memoryMiB, fastPath }] = request.guests;
  const side: Side = fastPath ? 'on' : 'off';
  const { wallClockSeconds } = circumstancesOf(request, true, 0);
  const newBoard = (engine: EngineName) => createBoard({ ramBytes: hostBoardBytes([memoryMiB]), engine });
  return async (more, made) => {
    const sides = await CompareSides.open(request, { sides: [side], today: 0, report: (_, text) => report(text) });
    try {
      const { step, memoryStep } = terms;
      const [one, other] = [newBoard(terms.one), newBoard(terms.other)];
      made({ one, other });
      const twins = new TwinBoard(one, other, { step, memoryStep, ...more });
      const freshHost = () => createHost(twins, { wallClockSeconds });
      for (const _ of runSide(side, { ...sides.options(() => 0), freshHost })) {
        if (!(await terms.goesOn(twins.instructions))) break;
      }
      twins.check();
      await terms.goesOn(twins.instructions);
    } catch (error) {
      throw imageProblem(error, image.path);
    } finally {
      sides.close();
    }
  };
}
