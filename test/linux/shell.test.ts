/** Kernels of others, as they come: to a shell, through a few commands, and out by every door. */

import { beforeAll, describe, expect, test } from 'vitest';
import { available } from '../extras.ts';
import { type ShelfKernel, shelf } from './kernel-shelf.ts';
import { bootToShell, LinuxSession, prepareSessions } from './linux-session.ts';

const TEST_LIMIT_MS = 900_000;
const kernels = shelf(process.env.ASTRIDE_KERNELS);

describe.skipIf(!available('kernels'))('Linux', { timeout: TEST_LIMIT_MS }, () => {
  beforeAll(prepareSessions, TEST_LIMIT_MS);

  for (const kernel of kernels) {
    if (kernel.initrd === null) test.skip(`${kernel.name}: skipped: no initrd`, () => {});
    else if (kernel.twin) test(`${kernel.name} boots to a shell and powers off`, () => bootsAndPowersOff(kernel));
    else describe(kernel.name, () => aWholeLife(kernel));
  }
});

async function bootsAndPowersOff(kernel: ShelfKernel): Promise<void> {
  const session = await bootToShell(kernel);
  expect((await session.run('uname -a')).output).toMatch(/^Linux .* i[3-6]86 /);
  session.type('poweroff -f\n');
  expect((await session.end()).code).toBe(0);
}

function aWholeLife(kernel: ShelfKernel): void {
  test('reaches a shell that answers, and powers off', async () => {
    const session = await bootToShell(kernel);
    await answersPlainQuestions(session);
    await runsProgramsTogether(session);
    session.type('poweroff -f\n');
    expect(await session.end()).toMatchObject({ code: 0, errors: '' });
  });

  test('boots again after reboot -f', async () => {
    const session = await bootToShell(kernel);
    expect(await session.run('echo here > /tmp/before; cat /tmp/before')).toEqual({ status: 0, output: 'here\n' });
    session.type('reboot -f\n');
    await session.sees(/Linux version/);
    await session.shell();
    expect((await session.run('cat /tmp/before 2>/dev/null')).status).not.toBe(0);
    session.type('poweroff -f\n');
    const { code, errors } = await session.end();
    expect({ code, restarts: errors.match(/restarts/g)?.length }).toEqual({ code: 0, restarts: 1 });
  });

  test('a panic ends it with the words of the panic and an exit code of 1', async () => {
    const session = new LinuxSession(kernel, { words: 'rdinit=/bin/sh -c exit' });
    const { code, errors } = await session.end();
    expect(errors).toMatch(/was killed: .*Attempted to kill init!/);
    expect(code).toBe(1);
  });
}

async function answersPlainQuestions(session: LinuxSession): Promise<void> {
  expect((await session.run('uname -a')).output).toMatch(/^Linux .* i[3-6]86 /);
  const { output: processor } = await session.run('cat /proc/cpuinfo');
  expect(processor).toMatch(/^processor\s*: 0$/m);
  expect(processor).toMatch(/^fpu\s*: yes$/m);
  const { output: processes } = await session.run('ps');
  // A C library of our decade cannot list a directory on kernels before 2.6.39, which is not their fault.
  if (!processes.includes("can't open '/proc': Invalid argument")) expect(processes).toMatch(/^ +1 /m);
  expect((await session.run('dmesg | head -n 500')).output).toMatch(/Linux version/);
  expect(await session.run('false')).toEqual({ status: 1, output: '' });
}

async function runsProgramsTogether(session: LinuxSession): Promise<void> {
  expect((await session.run('echo one two three | tr a-z A-Z | cat')).output).toBe('ONE TWO THREE\n');
  expect((await session.run('i=0; while [ $i -lt 100 ]; do echo $i; i=$((i+1)); done | wc -l')).output).toMatch(
    /^ *100$/m,
  );
  expect((await session.run('(sleep 1; echo late) & echo early; wait')).output).toMatch(/early\n[\s\S]*late\n/);
  expect((await session.run("sh -c 'kill -9 $$' 2>/dev/null; echo $?")).output).toMatch(/^137$/m);
  expect((await session.run('dd if=/dev/zero bs=1000 count=1000 2>/dev/null | md5sum')).output).toMatch(
    /^879f4bba57ed37c9ec5e5aedf9864698 /,
  );
  const division = `awk 'BEGIN { printf "%.12f %.3e\\n", 355 / 113, 1 / 3000 }'`;
  expect((await session.run(division)).output).toBe('3.141592920354 3.333e-04\n');
}
