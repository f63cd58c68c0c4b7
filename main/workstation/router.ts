/**
 * The one door between windows and main.  Whatever comes through it is taken for nothing until it was checked against
 * the table: its shape, its method, its argument.  What is refused is refused with a sentence, is noted in the log once,
 * and has no other effect.  Nothing a window sends can make this throw.
 */

import * as v from 'valibot';
import { type Method, requests } from '../../core/protocol/requests.ts';
import { objection } from '../library/schema-sentence.ts';
import { UsageError } from '../usage-error.ts';
import { type AnswersOf, type Log, Refusal, type WindowEnd } from './parts.ts';
import type { Windows } from './windows.ts';

/** Of one window, asked and not answered yet: a person is never this fast. */
const UNANSWERED_MOST = 256;
/** Of one connection: whoever sends more kinds of nonsense than this is not worth more lines. */
const NOTED_MOST = 100;

const envelope = v.strictObject({
  kind: v.literal('request'),
  number: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  method: v.pipe(v.string(), v.maxLength(100)),
  argument: v.unknown(),
});
type Envelope = v.InferOutput<typeof envelope>;

type Ruling = { readonly method: Method; readonly argument: unknown } | { readonly refused: string };

export class Router {
  private readonly answers: AnswersOf<Method>;
  private readonly windows: Windows;
  private readonly log: Log;

  constructor(answers: AnswersOf<Method>, windows: Windows, log: Log) {
    this.answers = answers;
    this.windows = windows;
    this.log = log;
  }

  /** Nothing is answered, and nothing asked, once it is closed. */
  connect(window: WindowEnd): { receive(message: unknown): void; close(): void } {
    const connection = new RouterConnection(this.answers, this.windows, this.log, window);
    let open = true;
    return {
      receive: (message) => {
        if (open) connection.receive(message);
      },
      close: () => {
        open = false;
      },
    };
  }
}

// @journey glass/router  Everything a window may ask is in one table
// A window shows what guests print, and guests print what they like.  Should one ever talk a window into something, the
// window still can do no more than this: name a method that is in the table, with an argument of the right shape.  There
// is no method for reading a file, none for running a program, and no way to spell one that is not there: names are
// looked up among the table's own, so `constructor` and `__proto__` are as unknown as `rm`.
class RouterConnection {
  private readonly answers: AnswersOf<Method>;
  private readonly windows: Windows;
  private readonly log: Log;
  private readonly window: WindowEnd;
  private readonly noted = new Set<string>();
  private unanswered = 0;

  constructor(answers: AnswersOf<Method>, windows: Windows, log: Log, window: WindowEnd) {
    this.answers = answers;
    this.windows = windows;
    this.log = log;
    this.window = window;
  }

  receive(message: unknown): void {
    const request = readEnvelope(message);
    if (request === null) {
      this.note('a window sent something that is no request; it was ignored');
      return;
    }
    const ruling = this.judge(request);
    if ('refused' in ruling) this.refuse(request.number, ruling.refused);
    else this.answer(request.number, ruling.method, ruling.argument);
  }

  private judge({ method, argument }: Envelope): Ruling {
    if (!isMethod(method)) return { refused: `there is no request called "${method}"` };
    if (this.unanswered >= UNANSWERED_MOST) return { refused: 'too much was asked at once; wait for answers' };
    return checkArgument(method, argument);
  }
  // @end

  /** An answer that is there at once is sent at once, before anything that it leads to. */
  private answer(number: number, method: Method, argument: unknown): void {
    // The argument was checked against this very method's schema.
    const answerer = this.answers[method] as (argument: unknown, from: WindowEnd) => unknown;
    try {
      const value = answerer(argument, this.window);
      if (value instanceof Promise) this.answerLater(number, method, value);
      else this.send(number, value);
    } catch (error) {
      this.fail(number, method, error);
    }
  }

  private answerLater(number: number, method: Method, value: Promise<unknown>): void {
    this.unanswered++;
    const done = value.then(
      (late) => this.send(number, late),
      (error) => this.fail(number, method, error),
    );
    void done.finally(() => this.unanswered--);
  }

  private send(number: number, value: unknown): void {
    this.windows.send(this.window, { kind: 'answer', number, value });
  }

  private fail(number: number, method: Method, error: unknown): void {
    if (error instanceof Refusal || error instanceof UsageError) {
      // The question was in order, only the answer is no.
      this.refuse(number, error.message, 'fine');
      return;
    }
    const what = error instanceof Error ? error.message : String(error);
    this.log('error', '', `${method} failed, which is a mistake in Astride: ${what}`);
    const sentence = `Something went wrong inside Astride: ${what}`;
    this.windows.send(this.window, { kind: 'refusal', number, sentence });
  }

  private refuse(number: number, sentence: string, level: 'fine' | 'warning' = 'warning'): void {
    this.note(`refused: ${sentence}`, level);
    this.windows.send(this.window, { kind: 'refusal', number, sentence });
  }

  private note(sentence: string, level: 'fine' | 'warning' = 'warning'): void {
    if (this.noted.has(sentence) || this.noted.size >= NOTED_MOST) return;
    this.noted.add(sentence);
    this.log(level, '', sentence);
  }
}

const isMethod = (name: string): name is Method => Object.hasOwn(requests, name);

/** Within one process a message may be anything, even something that throws when it is looked at. */
function readEnvelope(message: unknown): Envelope | null {
  try {
    const read = v.safeParse(envelope, message);
    return read.success ? read.output : null;
  } catch {
    return null;
  }
}

/** A list or a map without entries would pass for an object without keys. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function checkArgument(method: Method, argument: unknown): Ruling {
  try {
    if (!isPlain(argument)) return { refused: `${method}: the argument is no plain object` };
    const read = v.safeParse(requests[method].argument, argument, { abortEarly: true });
    return read.success ? { method, argument: read.output } : { refused: `${method}: ${objection(read.issues)}` };
  } catch {
    return { refused: `${method}: the argument cannot be read` };
  }
}
