/** Puppy's shell from outside: types a line, answers what came of it; and one session that uses every program there is. */

import { Session, type SessionOptions } from './puppy-session.ts';

/** On a line of its own: a line too long for the screen is shown again with each letter, prompt and all. */
const PROMPT = '\n/ $ ';

export class Shell {
  readonly session: Session;

  constructor(options: SessionOptions = {}) {
    this.session = new Session(options);
    this.session.waitFor(PROMPT);
  }

  /** What a line printed, without its echo and the next prompt, its lines ended by \n alone. */
  run(line: string): string {
    this.session.type(`${line}\r`);
    return printed(this.session.waitFor(PROMPT));
  }

  /** Types `keys`, waits for the prompt, and answers all that was shown. */
  keys(keys: string): string {
    this.session.type(keys);
    return this.session.waitFor(PROMPT);
  }
}

const printed = (shown: string) => shown.replaceAll('\r', '').split('\n').slice(1).join('\n');

/** What may differ between two runs of the same session: how long things took. */
export const withoutTimes = (transcript: string) =>
  transcript
    .replace(/\d+(?= ns each| MB\/s)/g, '#')
    .replace(/\d+\.\d{2,}/g, (found) => '#'.padStart(found.length))
    .replace(/^up .*,/gm, 'up #,');

/** Lines that use every program once at least, and what they print. */
export const everyProgram: readonly (readonly [string, string | RegExp])[] = [
  ['help', /^Built in: .*\n.*\/bin.*\n.*Ctrl-C/],
  ['free', /^ +total +used +free\nmemory +\d+K +\d+K +\d+K$/],
  ['mkdir -p /tmp/a/b', ''],
  ['echo -n one > /tmp/a/x; echo " two" >> /tmp/a/x; cat /tmp/a/x', 'one two'],
  ['cp /tmp/a/x /tmp/a/b; mv /tmp/a/x /tmp/a/y; ls /tmp/a /tmp/a/b', '/tmp/a:\nb/  y\n/tmp/a/b:\nx'],
  ['ls -l /tmp/a | grep y', /^-rw-r--r-- {3}1 +8 y$/],
  ['ls /nowhere', 'ls: /nowhere: no such file'],
  ['wc /tmp/a/y', '       1       2       8 /tmp/a/y'],
  ['for i in 3 10 1 2; do echo $i; done > /tmp/n; sort /tmp/n | head -2', '1\n10'],
  ['sort -n /tmp/n | tail -n 2', '3\n10'],
  ['sort -nr /tmp/n | grep -n 1', '1:10\n4:1'],
  ['grep -c w /tmp/a/y; grep -q w /tmp/n || echo none', '1\nnone'],
  ['hexdump /tmp/a/y', '00000000  6f 6e 65 20 74 77 6f 0a                           |one two.|\n00000008'],
  ['ps | grep ps', /^ +\d+ +\d+ +\d+ {2}R +0\.\d\d +\d+K +\d+K {2}ps$/],
  ['sleep 0.01 && true && echo slept', 'slept'],
  ['false || echo failed', 'failed'],
  ['time sleep 0.25', /^real 0\.25\d{4} s, processor 0\.\d{6} s$/],
  ['uptime', /^up 0:00:\d\d, 3 processes$/],
  ['dmesg | head -1', /^puppy: 16384 KiB of memory, \d+ free$/],
  ['mount | head -1', 'rootfs on /, rootfs, ro'],
  ['sleep 100 &', /^\[1\] \d+$/],
  ['kill -TERM $!; wait $!; echo $?', /^sh: process \d+: terminated\n143$/],
  ['jobs', ''],
  ['top | grep -c top', '1'],
  ['journey | wc -l', /^ +9\d$/],
  ['(echo a; echo woof; echo .; echo s/oo/OO/; echo w /tmp/poem; echo Q) | ed; cat /tmp/poem', '5\nwOOf'],
  [
    'stress forks 20 alive 10 hog',
    /alive: 10 at once, 10 killed\n.*\nhog: .* killed\npages free: (\d+) before, \1 after$/,
  ],
  ['lat_syscall 50', /^lat_syscall: 50 operations, \d+ ns each \(getpid\)$/],
  ['lat_fork 5', /^lat_fork: 5 operations, \d+ ns each/],
  ['lat_exec 5', /^lat_exec: 5 operations, \d+ ns each/],
  ['lat_pipe 20', /^lat_pipe: 20 operations, \d+ ns each/],
  ['lat_ctx 40', /^lat_ctx: \d+ operations, \d+ ns each/],
  ['lat_fault 20; lat_fault cow 20; lat_fault protect 20', /^(lat_fault: 20 operations, \d+ ns each .*\n?){3}$/],
  ['for kind in read write copy; do bw_mem $kind 1; done', /^(bw_mem: 1 operations, \d+ ns each .* MB\/s\)\n?){3}$/],
  ['cpu 3', 'cpu: 3 operations, # ns each (sieve, hash, divide; checksum fd74eed1)'],
  ['sh -c "echo $((6 * 7)) \\$0" dog', '42 dog'],
  ['rm -r /tmp/a /tmp/n /tmp/poem; ls /tmp', ''],
  ['free', /^ +total +used +free\nmemory +\d+K +\d+K +\d+K$/],
];
