/**
 * log.txt: what happened, a line each, for the log viewer and for whoever has to find out why.  Bounded: when it is full
 * it becomes log.previous.txt, and the one before that is forgotten.  A log that cannot be written stops nobody.
 */

import { appendFileSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { LogLine } from '../../core/protocol/requests.ts';

const FULL_BYTES = 1024 * 1024;
const SHOWN_LINES = 2000;
const LONGEST_SENTENCE = 1000;

const levels: readonly LogLine['level'][] = ['fine', 'warning', 'error'];

export class LogFile {
  private readonly path: string;
  private readonly previous: string;
  private readonly lines: LogLine[];
  private bytes: number;

  /** Precondition: the folder exists. */
  constructor(dataFolder: string) {
    this.path = join(dataFolder, 'log.txt');
    this.previous = join(dataFolder, 'log.previous.txt');
    this.lines = [...readLines(this.previous), ...readLines(this.path)].slice(-SHOWN_LINES);
    this.bytes = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** The latest, oldest of them first. */
  get latest(): readonly LogLine[] {
    return [...this.lines];
  }

  write(level: LogLine['level'], machine: string, sentence: string): LogLine {
    const line = { at: new Date().toISOString(), level, machine, sentence: oneLine(sentence) };
    this.lines.push(line);
    if (this.lines.length > SHOWN_LINES) this.lines.shift();
    this.append(`${[line.at, level, machine, line.sentence].join('\t')}\n`);
    return line;
  }

  private append(text: string): void {
    try {
      if (this.bytes >= FULL_BYTES) {
        renameSync(this.path, this.previous);
        this.bytes = 0;
      }
      appendFileSync(this.path, text);
      this.bytes += Buffer.byteLength(text);
    } catch {
      // A full disk is told where it matters; the window has the line either way.
    }
  }
}

/** Sentences hold what guests and files say: no tabs, no line ends, no escape codes, no end of it. */
function oneLine(sentence: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
  return sentence.replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, LONGEST_SENTENCE);
}

function readLines(path: string): LogLine[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [at, level, machine, sentence] = line.split('\t');
    const known = levels.find((one) => one === level);
    return known === undefined || sentence === undefined ? [] : [{ at, level: known, machine, sentence }];
  });
}
