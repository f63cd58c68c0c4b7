/** Puppy's shell: its language, its line, its jobs; and the programs that talk to a person. */

import { describe, expect, test } from 'vitest';
import { Shell } from './puppy-user-session.ts';

const LEFT = '\x1b[D';
const UP = '\x1b[A';
const BACKSPACE = '\x7f';
const ctrl = (letter: string) => String.fromCharCode(letter.charCodeAt(0) & 31);

describe('the language', () => {
  const shell = new Shell();
  test.each([
    ['echo  a   b', 'a b'],
    [`echo "a  b" 'c  d' e\\ f`, 'a  b c  d e f'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
    ['x=5; echo $x ${x}y "$x" \'$x\'', '5 5y 5 $x'],
    ['x="1  2"; echo $x "$x"', '1 2 1  2'],
    ['echo $((1 + 2 * 3)) $(((1 + 2) * 3)) $((7 / 2 - 7 % 2)) $((2 > 1 && 1 == 1))', '7 9 2 1'],
    ['echo $((1 / 0))', 'sh: $((1 / 0)): cannot be worked out\n'],
    ['false; echo $?; true; echo $?', '1\n0'],
    ['nothing; echo $?', 'sh: nothing: not found\n127'],
    ['true && echo yes || echo no; false && echo yes || echo no', 'yes\nno'],
    ['! false && echo inverted', 'inverted'],
    ['if false; then echo 1; elif true; then echo 2; else echo 3; fi', '2'],
    ['for i in a "b c" d; do echo "<$i>"; done', '<a>\n<b c>\n<d>'],
    ['i=0; while [ $i -lt 5 ]; do i=$((i + 1)); [ $i = 2 ] && continue; [ $i = 4 ] && break; echo $i; done', '1\n3'],
    ['i=3; until test $i -eq 0; do i=$((i - 1)); done; echo $i', '0'],
    ['for i in 1 2; do for j in 1 2; do [ $j = 2 ] && break 2; echo $i$j; done; done', '11'],
    ['echo /etc/* /b?n/l[a-s] "/etc/*" /none*', '/etc/motd /bin/ls /etc/* /none*'],
    ['echo b c a | cat | sort | wc -w', '       3'],
    ['echo $(echo one; echo two) "$(echo one; echo two)"', 'one two one\ntwo'],
    ['{ echo 1; echo 2; } > /tmp/f; cat < /tmp/f; echo 3 >> /tmp/f; wc -l < /tmp/f', '1\n2\n       3'],
    [
      'ls /none 2> /tmp/f; cat /tmp/f; ls /none > /tmp/f 2>&1; cat /tmp/f',
      'ls: /none: no such file\nls: /none: no such file',
    ],
    ['echo lost > /etc/x', 'sh: /etc/x: may only be read'],
    ['x=1; (x=2; cd /tmp); echo $x; pwd', '1\n/'],
    ['X=6 sh -c \'echo $X $0 $# "$@"\' a "b c" d; echo "<$X>"', '6 a 2 b c d\n<>'],
    ["export Y=7; sh -c 'echo $Y'; unset Y; sh -c 'echo \"<$Y>\"'", '7\n<>'],
    ['echo one two | (read a; echo "$a")', 'one two'],
    ["echo 'echo $1; shift; echo $1; exit 3' > /tmp/s; sh /tmp/s a b; echo $?", 'a\nb\n3'],
    ['x=1; . /tmp/none', 'sh: /tmp/none: no such file'],
    ['echo a # b', 'a'],
    ['test a b c d; test 1 is 1', 'sh: test: too many words\nsh: test: is compares nothing'],
    ['[ -f /etc/motd ] && [ ! -f /bin ] && [ a != b ] && [ -z "" ] && echo so', 'so'],
  ])('%s', (line, expected) => {
    expect(shell.run(line)).toBe(expected);
  });

  test.each(['fi', 'echo |', 'echo )', 'for', 'echo a | | b'])('%s makes no sense', (line) => {
    const own = new Shell();
    own.session.type(`sh -c '${line}'; echo $?\r`);
    expect(own.session.waitFor('\n/ $ ')).toMatch(/sh: (expected .*|that has no end)\r\n2\r$/);
  });
});

describe('the line', () => {
  test.each([
    ['letters put in between', `echo ac${LEFT}b\r`, 'abc'],
    ['letters taken away', `echo abx${BACKSPACE}c\r`, 'abc'],
    ['a word taken away, and the rest', `echo one two${ctrl('W')}three${ctrl('A')}${ctrl('K')}echo gone\r`, 'gone'],
    ['the last line again', `echo again\r`, 'again'],
    ['a program completed', 'upt\t\r', 'up '],
    ['a file completed', 'cat /et\tmo\t\r', 'Welcome'],
  ])('%s', (_, keys, expected) => {
    expect(new Shell().keys(keys)).toContain(`\n${expected}`);
  });

  test('comes back with the arrow, and from there the one before', () => {
    const shell = new Shell();
    shell.run('echo first');
    shell.run('echo second');
    expect(shell.keys(`${UP}${UP}\r`)).toMatch(/\r\nfirst\r$/);
    expect(shell.run('history')).toBe('    1  echo first\n    2  echo second\n    3  echo first\n    4  history');
  });

  test('goes on below until it makes sense', () => {
    const shell = new Shell();
    for (const line of ['for i in 1 2', 'do', '  echo "$i']) {
      shell.session.type(`${line}\r`);
      shell.session.waitFor('\n> ');
    }
    expect(shell.keys('!"; done\r')).toMatch(/\r\n1\r\n!\r\n2\r\n!\r$/);
  });

  test('may be longer than the screen', () => {
    const shell = new Shell();
    const words = Array.from({ length: 60 }, (_, index) => `word${index}`);
    expect(
      shell
        .run(`echo ${words.join(' ')}`)
        .split('\n')
        .at(-1),
    ).toBe(words.join(' '));
  });

  test('shows what there is when Tab finds more than one', () => {
    expect(new Shell().keys(`lat_f\t\r`)).toMatch(/\r\nlat_fault +lat_fork +\r\n/);
  });

  test('ends the shell, and with it the machine, on Ctrl-D', () => {
    const { session } = new Shell();
    session.type(ctrl('D'));
    session.finish();
    expect(session.state).toMatchObject({ is: 'ended', end: 'power off' });
  });
});

describe('Ctrl-C', () => {
  test.each([
    'sleep 1000',
    'cat',
    'while :; do :; done',
    'sleep 1000 | cat',
    'for i in 1 2 3; do sleep 1000; done',
    'while :; do :; done & wait',
  ])('ends %s', (line) => {
    const shell = new Shell();
    shell.session.type(`${line}\r`);
    shell.session.waitFor(`${line}\r\n`);
    for (let slices = 0; slices < 20; slices++) shell.session.execute();
    shell.keys(ctrl('C'));
    expect(shell.run('echo $?')).toBe('130');
  });

  test('takes a line back', () => {
    expect(new Shell().keys(`echo never${ctrl('C')}`)).toMatch(/never\^C\r$/);
  });
});

test('jobs run beside the shell, are listed, come to the front, and are reported when they end', () => {
  const shell = new Shell();
  expect(shell.run('while :; do :; done &')).toMatch(/^\[1\] \d+$/);
  expect(shell.run('(cpu 20; echo late) > /tmp/f &')).toMatch(/^\[2\] \d+$/);
  const both = /^\[1\] (\d+) running: while :; do :; done\n\[2\] \d+ running: \(cpu 20; echo late\) > \/tmp\/f$/;
  const endless = both.exec(shell.run('jobs'))?.[1];
  expect(shell.run('fg %2; tail -1 /tmp/f')).toBe('late');
  expect(shell.run(`kill ${endless}; sleep 1`)).toBe(`[1] ${endless} terminated: while :; do :; done`);
  expect(shell.run('jobs')).toBe('');
});

test('ed writes a poem', () => {
  const shell = new Shell();
  const commands = [
    'a',
    'whose page is this',
    'the stack alone',
    'can say',
    '.',
    '2,3j',
    '1s/this/&?/',
    '$t0',
    '1d',
    ',n',
  ];
  shell.session.type(`ed /tmp/poem\r${commands.map((line) => `${line}\r`).join('')}`);
  expect(shell.session.waitFor('alonecan say\r\n')).toContain('1\twhose page is this?\r\n2\tthe stack ');
  expect(shell.keys('2s/alone/alone /p\rw\rq\r')).toMatch(/\r\nthe stack alone can say\r\n44\r$/);
  expect(shell.run('cat /tmp/poem')).toBe('whose page is this?\nthe stack alone can say');
});

test('journey fits on five screens of eighty columns and twenty-four rows', () => {
  const { session } = new Shell();
  session.type('journey\r');
  const screens = [1, 2, 3, 4, 5].map((screen) => {
    session.waitFor('\x1b[H\x1b[J');
    const shown = session.waitFor(`-- ${screen} of 5:`);
    session.type('\r');
    return shown.split('\r\n');
  });
  for (const lines of screens) {
    expect(lines.length).toBeLessThanOrEqual(24);
    for (const line of lines) expect(line.length, line).toBeLessThan(80);
  }
  session.waitFor('\n/ $ ');
});

test('top goes on until q', () => {
  const shell = new Shell();
  shell.session.type('top\r');
  for (let second = 0; second < 3; second++) shell.session.waitFor('PID  %CPU');
  expect(shell.keys('q')).toContain('top');
});
