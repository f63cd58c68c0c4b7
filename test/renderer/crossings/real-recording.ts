/** Crossings of a real guest, recorded as a machine's thread records them: the view is tried on what it will be given. */

import { MachineBoard, SLICE_INSTRUCTIONS } from '../../../core/launcher/machine-board.ts';
import type { CrossingDetail, CrossingView } from '../../../core/protocol/crossings.ts';
import { CrossingRecorder } from '../../../main/machines/crossing-recorder.ts';
import { newHost } from '../../../main/new-host.ts';
import { findImage } from '../../../main/samples.ts';

export interface RealRecording {
  readonly crossings: readonly CrossingView[];
  detail(number: number): CrossingDetail;
}

interface RunToRecord {
  /** A sample or a path. */
  readonly image: string;
  readonly initrd?: Uint8Array;
  readonly commandLine: string;
  readonly fastPath: boolean;
  readonly budgetInstructions: number;
}

export function recordRun({
  image: word,
  initrd,
  commandLine,
  fastPath,
  budgetInstructions,
}: RunToRecord): RealRecording {
  const image = findImage(word);
  const board = new MachineBoard(newHost([64]));
  board.add({
    name: image.name,
    image: image.bytes,
    initrd: initrd ?? null,
    commandLine,
    memoryMiB: 64,
    fastPath,
    consoleOutput: () => {},
  });
  const recorder = new CrossingRecorder(board.host, image);
  recorder.record(true, 0);
  while (board.executedInstructions < budgetInstructions) {
    const state = board.run(SLICE_INSTRUCTIONS);
    if (state.is === 'ended' || (state.is === 'idle' && state.untilInstruction === null)) break;
    if (state.is === 'idle') board.skipTo(state.untilInstruction ?? 0);
  }
  return { crossings: recorder.read(5000), detail: (number) => recorder.readOne(number) };
}
