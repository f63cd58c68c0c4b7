/**
 * A conversation with a Linux guest's shell, through the command line as people run it: a child process on pipes.  The
 * kernel and its RAM disk may be anybody's, so little is assumed: with `console=hvc0` an interactive shell appears sooner
 * or later, its prompt ends in "# " or "$ ", and it knows echo.  A command's output is what stands between two markers;
 * the echo of the typed line cannot be taken for them, because there each marker is broken by a pair of quotes.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { ShelfKernel } from './kernel-shelf.ts';

export interface SessionOptions {
  /** Options of `boot`, besides the RAM disk and the words for the kernel. */
  readonly options?: readonly string[];
  readonly words?: string;
}

export interface Answer {
  readonly status: number;
  /** Lines end in a plain newline, however the terminal sent them. */
  readonly output: string;
}

export interface Ending {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly errors: string;
  readonly output: string;
}

/** Limits on the wall clock: against hanging for ever, not a judgement of speed. */
export const BOOT_LIMIT_MS = 300_000;
const COMMAND_LIMIT_MS = 300_000;
/** A console silent for this long may have lost its prompt among the kernel's own lines: an empty line brings it back. */
const SILENCE_MS = 10_000;
const BUILD = fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url));
const BUNDLED = fileURLToPath(new URL('../../scripts/bundled.mjs', import.meta.url));
const PROMPT = /(?:^|[\r\n])[^\r\n]*[#$] $/;
/** Busybox asks its terminal where the cursor is, and gets no answer from us. */
const CURSOR_QUESTION = '\u001b[6n';

/** Makes the bundle fresh, so that sessions that start at once do not make it twice. */
export async function prepareSessions(): Promise<void> {
  const built = spawn(process.execPath, [BUILD, 'astride.mjs'], { stdio: 'inherit' });
  const code = await new Promise((resolve) => built.on('close', resolve));
  if (code !== 0) throw new Error(`the command line does not bundle: exit code ${code}`);
}

/** Words that may help where the RAM disk has no /init of its own, tried in this order. */
const FALLBACKS = ['', 'rdinit=/bin/sh', 'rdinit=/sbin/init', 'root=/dev/ram0 rw'];
/** Which of them a kernel's RAM disk wanted when it was first asked. */
const wanted = new Map<string, string>();

/** Boots a kernel as far as a shell. */
export async function bootToShell(kernel: ShelfKernel, request: SessionOptions = {}): Promise<LinuxSession> {
  const known = wanted.get(kernel.path);
  const candidates = known === undefined ? FALLBACKS : [known];
  for (const [index, fallback] of candidates.entries()) {
    const session = new LinuxSession(kernel, { ...request, words: `${fallback} ${request.words ?? ''}` });
    try {
      await session.shell();
      wanted.set(kernel.path, fallback);
      return session;
    } catch (error) {
      if (!session.panicked || index === candidates.length - 1) throw error;
    }
  }
  throw new Error(`no words to boot ${kernel.name} with`);
}

export class LinuxSession {
  /** All of the console so far. */
  output = '';
  errors = '';
  private readonly child: ChildProcess;
  private readonly closed: Promise<number | null>;
  private ended = false;
  private heardAt = performance.now();
  private commands = 0;

  /** Powers the guest on; it is gone when the test is over, whatever became of it. */
  constructor(kernel: ShelfKernel, { options = [], words = '' }: SessionOptions = {}) {
    const initrd = kernel.initrd === null ? [] : ['--initrd', kernel.initrd];
    const line = ['boot', kernel.path, ...initrd, '--append', `console=hvc0 ${words}`.trim(), ...options];
    this.child = spawn(process.execPath, [BUNDLED, 'main/astride.ts', ...line], { stdio: 'pipe' });
    this.child.stdout!.on('data', (bytes: Buffer) => {
      this.output += bytes.toString('latin1');
      this.heardAt = performance.now();
    });
    this.child.stderr!.on('data', (bytes: Buffer) => {
      this.errors += bytes.toString();
    });
    this.child.stdin!.on('error', () => {}); // it ended while we were typing; its exit code says the rest
    this.closed = new Promise((resolve) => {
      this.child.on('close', (code) => {
        this.ended = true;
        resolve(code);
      });
    });
    onTestFinished(() => {
      this.child.kill('SIGKILL');
    });
  }

  /** Waits for an interactive shell, bringing it about where it asks for that, and makes it a plain place to work in. */
  async shell(limitMs = BOOT_LIMIT_MS): Promise<void> {
    const from = this.output.length;
    let answered = from;
    await this.until(limitMs, 'a shell prompt', () => {
      const news = this.output.slice(answered);
      if (PROMPT.test(news.replaceAll(CURSOR_QUESTION, ''))) return true;
      const silent = performance.now() - this.heardAt > SILENCE_MS && news !== '';
      const reply = /login: $/.test(news) ? 'root\n' : /press enter/i.test(news) || silent ? '\n' : null;
      if (reply === null) return false;
      answered = this.output.length;
      this.heardAt = performance.now();
      this.type(reply);
      return false;
    });
    await this.run('mount -t proc proc /proc 2>/dev/null; PATH=$PATH:/bin:/sbin:/usr/bin:/usr/sbin');
    // The kernel goes on talking on the same console, in the middle of answers if it is let.
    await this.run('echo 1 > /proc/sys/kernel/printk');
  }

  /** Whether the guest was killed, by its own panic or otherwise. */
  get panicked(): boolean {
    return /was killed/.test(this.errors);
  }

  type(text: string): void {
    this.child.stdin!.write(text);
  }

  /** Nothing more will be typed. */
  closeInput(): void {
    this.child.stdin!.end();
  }

  /** Has the shell run a line (that does not end in `&`) and waits for the end of it. */
  async run(line: string, limitMs = COMMAND_LIMIT_MS): Promise<Answer> {
    const number = ++this.commands;
    const from = this.output.length;
    this.type(`echo "@""begin ${number}"; ${line}; echo "@""end ${number} $?"\n`);
    const whole = new RegExp(`@begin ${number}[^\\n]*\\n([\\s\\S]*)@end ${number} (\\d+)\\D`);
    let found: RegExpExecArray | null = null;
    await this.until(limitMs, `the end of: ${line}`, () => {
      found = whole.exec(this.output.slice(from));
      return found !== null;
    });
    const [, text, status] = found!; // until() throws when there is none
    return { status: Number(status), output: text.replaceAll('\r', '') };
  }

  /** Waits for something to appear on the console behind what was there before. */
  async sees(pattern: RegExp, limitMs = BOOT_LIMIT_MS, from = this.output.length): Promise<void> {
    await this.until(limitMs, String(pattern), () => pattern.test(this.output.slice(from)));
  }

  /** Waits for the command line to end by itself. */
  async end(limitMs = COMMAND_LIMIT_MS): Promise<Ending> {
    await this.until(limitMs, 'the end', () => this.ended, true);
    return { code: await this.closed, errors: this.errors, output: this.output };
  }

  private async until(limitMs: number, what: string, done: () => boolean, mayEnd = false): Promise<void> {
    const start = performance.now();
    while (!done()) {
      if (this.ended && !mayEnd) throw new Error(`astride ended before ${what}:\n${this.last()}`);
      if (performance.now() - start > limitMs) throw new Error(`waited ${limitMs} ms for ${what}:\n${this.last()}`);
      await pause(10);
    }
  }

  private last(): string {
    return `${this.output.slice(-2000)}\n${this.errors}`;
  }
}
