/** A file a person chose, as recordings: which of the two kinds it is, and how much of it is worth reading. */

import { LARGEST_FILE, type Recording, readRecordingJson, UnreadableRecording } from './recording-file.ts';
import { readTraceLines } from './trace-lines.ts';

/** Bytes of a trace's end: some forty thousand lines. */
const TRACE_END = 4 * 1024 * 1024;

/** What is needed of a `File`. */
export type ReadableFile = Pick<Blob, 'size' | 'slice' | 'text'>;

/** Rejects with UnreadableRecording; its message is a sentence for the person. */
export async function openRecording(file: ReadableFile): Promise<readonly Recording[]> {
  const head = (await file.slice(0, 64).text()).trimStart();
  if (head === '') throw new UnreadableRecording('This file is empty.');
  if (head.startsWith('{')) {
    if (file.size > LARGEST_FILE) throw new UnreadableRecording('This file is far larger than any recording.');
    const recording = readRecordingJson(await file.text());
    if (recording.crossings.length === 0) throw new UnreadableRecording('This recording has no crossings in it.');
    return [recording];
  }
  if (!/^\d/.test(head)) throw new UnreadableRecording('This file is neither a recording nor a trace of crossings.');
  const start = Math.max(0, file.size - TRACE_END);
  return readTraceLines(await file.slice(start).text(), start === 0);
}
