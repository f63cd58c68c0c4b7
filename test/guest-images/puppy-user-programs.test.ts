/** Every program of puppy's in one session, and the same session however the machine below is set up. */

import { beforeAll, describe, expect, test } from 'vitest';
import { Session, type SessionOptions } from './puppy-session.ts';
import { everyProgram, Shell, withoutTimes } from './puppy-user-session.ts';

/** Its history, a line for each of the session's. */
const SHELL_GROWS_KIB = 8;

function play(options: SessionOptions): { answers: string[]; transcript: string; state: Session['state'] } {
  const shell = new Shell(options);
  const answers = everyProgram.map(([line]) => shell.run(line));
  shell.session.type('poweroff\r');
  shell.session.finish();
  return { answers, transcript: withoutTimes(shell.session.output), state: shell.session.state };
}

describe('a session that uses every program', () => {
  let played: ReturnType<typeof play>;
  beforeAll(() => {
    played = play({ fastPath: true, engine: 'interpreter' });
  }, 120_000);

  test.each(everyProgram.map(([line, expected], index) => ({ line, expected, index })))(
    '$line',
    ({ expected, index }) => {
      if (expected instanceof RegExp) expect(played.answers[index]).toMatch(expected);
      else expect(withoutTimes(played.answers[index])).toBe(expected);
    },
  );

  test('ends with the machine off', () => {
    expect(played.state).toMatchObject({ is: 'ended', end: 'power off' });
  });

  test('leaves as much memory free as there was, but for what the shell remembers', () => {
    const free = everyProgram.flatMap(([line], index) => (line === 'free' ? [index] : []));
    const [before, after] = free.map((index) => Number(/(\d+)K$/.exec(played.answers[index])?.[1]));
    expect(before - after).toBeGreaterThanOrEqual(0);
    expect(before - after).toBeLessThanOrEqual(SHELL_GROWS_KIB);
  });

  test('leaves none out', () => {
    const shell = new Shell();
    const used = everyProgram.map(([line]) => line).join('\n');
    const missing = shell
      .run('ls -1 /bin')
      .split('\n')
      .filter((name) => !new RegExp(`\\b${name}\\b`).test(used));
    // For disks; the first of every session; the last; and the test below.
    expect(missing).toEqual(['filework', 'init', 'poweroff', 'reboot']);
  });

  test.each<[string, SessionOptions]>([
    ['fast path off', { fastPath: false, engine: 'interpreter' }],
    ['no async ring', { fastPath: true, engine: 'interpreter', append: 'async=off' }],
    ['fast path off, no async ring', { fastPath: false, engine: 'interpreter', append: 'async=off' }],
    ['the translator', { fastPath: true, engine: 'translator' }],
    ['the translator, fast path off', { fastPath: false, engine: 'translator' }],
    ['the translator, no async ring', { fastPath: true, engine: 'translator', append: 'async=off' }],
    ['the translator, fast path off, no async ring', { fastPath: false, engine: 'translator', append: 'async=off' }],
  ])(
    'shows the same with %s',
    (_, options) => {
      expect(play(options).transcript).toBe(played.transcript);
    },
    120_000,
  );
});

test('reboot starts everything again', () => {
  const shell = new Shell();
  shell.run('echo gone > /tmp/file');
  expect(shell.keys('reboot\r')).toContain('Welcome to puppy');
  expect(shell.run('ls /tmp; echo $?')).toBe('0');
});

describe('run= instead of the shell', () => {
  const ended = (append: string) => {
    const session = new Session({ append });
    session.finish();
    return session;
  };

  test('runs the program and powers off', () => {
    const { output, state } = ended('run=echo,good,dog');
    expect(output.split('\r\n').at(-2)).toBe('good dog');
    expect(state).toMatchObject({ is: 'ended', end: 'power off' });
  });

  test.each(['run=false', 'run=nothing'])('%s is an error', (append) => {
    expect(ended(append).state).toMatchObject({ is: 'ended', end: 'killed' });
  });
});
