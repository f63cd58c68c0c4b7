import { describe, expect, test } from 'vitest';
import { INSTRUCTIONS_PER_MICROSECOND } from '../../../core/agreement/clock.ts';
import { hypercall } from '../../../core/agreement/hypercalls.ts';
import type { CrossingRecord } from '../../../core/host/guest-events.ts';
import { addGuest, ask, CODE, createBench, field, powerOff, runAll, setGate, tell } from './bare-guest.ts';

describe('the clock', () => {
  const alarm = 300 * INSTRUCTIONS_PER_MICROSECOND;
  const program = (wait: string) => `
        ${setGate(32, 'tick')}
        rdtsc
        mov edi, eax                    ; when it was set
        ${ask(hypercall.setClockEvent, 300_000)}
        mov dword ptr [${field('irqEnabled')}], 0x200
wait_here:
        ${wait}
        jmp wait_here
tick:
        rdtsc
        sub eax, edi
        ${tell}
        ${powerOff}
  `;

  test('rings when it was set to, while the guest is busy', () => {
    const { host } = createBench(1);
    const guest = addGuest(host, 'busy', program('nop'));
    const [late] = runAll(host, [guest], 1_000_000).busy;
    expect(late).toBeGreaterThanOrEqual(alarm);
    expect(late).toBeLessThan(alarm + 500);
    expect(guest.counters.interrupts).toBe(1);
    expect(guest.counters.hostInterrupts).toBe(1);
  });

  test('wakes a guest that halted, and the board sleeps meanwhile', () => {
    const { host } = createBench(1);
    const guest = addGuest(host, 'sleepy', program(ask(hypercall.halt)));
    const [late] = runAll(host, [guest], 1_000_000).sleepy;
    expect(late).toBeGreaterThanOrEqual(alarm);
    expect(late).toBeLessThan(alarm + 1000);
    expect(guest.counters.guestInstructions).toBeLessThan(200);
  });

  test('set to one nanosecond again and again leaves room for others', () => {
    const { host } = createBench(2);
    const storm = addGuest(
      host,
      'storm',
      `${setGate(32, 'tick')}
       mov edi, 200
tick:  mov esp, 0x9000
       dec edi
       jz enough
       ${ask(hypercall.setClockEvent, 1)}
       mov dword ptr [${field('irqEnabled')}], 0x200
wait_here: jmp wait_here
enough: ${powerOff}`,
    );
    const quiet = addGuest(host, 'quiet', `mov eax, 7\n${tell}\n${powerOff}`);
    expect(runAll(host, [storm, quiet]).quiet).toEqual([7]);
    expect(storm.dead?.end).toBe('power off');
    expect(storm.counters.interrupts).toBe(199);
  });

  test('a guest that halts with nothing to wake it waits for ever, or for the launcher', () => {
    const { host } = createBench(1);
    const guest = addGuest(
      host,
      'patient',
      `${setGate(33, 'woken')}
       ${ask(hypercall.halt)}
woken: ${powerOff}`,
    );
    expect(host.runGuest(guest, 100_000)).toEqual({ why: 'idle', untilInstruction: null });
    guest.raiseInterrupt(1);
    expect(host.runGuest(guest, 100_000)).toMatchObject({ end: 'power off' });
  });
});

describe('two guests on one board', () => {
  /** Counts in ecx, an x87 register and a segment of its own, and tells a sum that only comes out if all were kept. */
  const counter = (step: number, rounds: number) => `
        ${ask(hypercall.loadGdtEntry, 20, (step << 16) + 0xffff, '0x00cf9301')}
        ${setGate(6, 'invalid')}
        mov eax, 0xa1
        mov fs, eax
        mov dword ptr [0x5000], ${step}
        fninit
        fldz
        xor ebp, ebp
        mov ecx, ${rounds}
again:
        fild dword ptr [0x5000]
        faddp
        mov esi, ecx
        ud2                             ; through this guest's own gate
back:
        mov ecx, esi
        dec ecx
        jnz again
        fistp dword ptr [0x5004]
        mov eax, [0x5004]
        ${tell}
        mov eax, ebp
        ${tell}
        ${powerOff}
invalid:
        add esp, 12
        add ebp, ${step}
        jmp back
  `;

  test('each keeps its x87 registers, its gates and its numbers', () => {
    const { host } = createBench(3);
    const steps = [3, 5, 7];
    const guests = steps.map((step) => addGuest(host, `g${step}`, counter(step, 400)));
    const told = runAll(host, guests, 700);
    for (const step of steps) expect(told[`g${step}`]).toEqual([step * 400, step * 400]);
    for (const guest of guests) expect(guest.dead?.end).toBe('power off');
  });

  test('one that breaks the rules dies alone', () => {
    const { host } = createBench(2);
    const good = addGuest(host, 'good', counter(3, 300));
    const bad = addGuest(host, 'bad', ask(99));
    expect(runAll(host, [bad, good], 700).good).toEqual([900, 900]);
    expect(bad.dead).toMatchObject({ end: 'killed', reason: 'the guest made hypercall 0x63, which does not exist' });
  });

  test('who moves into a dead guest’s memory finds it clean', () => {
    const { host } = createBench(1);
    const first = addGuest(host, 'first', `mov dword ptr [0x8000], 0x1234\nfld1\n${powerOff}`);
    runAll(host, [first]);
    host.removeGuest(first);
    const look = `mov eax, [0x8000]\n${tell}\nfnstsw ax\nand eax, 0xffff\n${tell}\n${powerOff}`;
    expect(runAll(host, [addGuest(host, 'second', look)]).second).toEqual([0, 0]);
    expect(() => host.runGuest(first, 1000)).toThrow('not on this board');
  });

  test('a board without room says so, and keeps nothing of the attempt', () => {
    const { host } = createBench(1);
    const huge = { name: 'huge', memoryBytes: 256 << 20, deviceBytes: 0, fastPath: false };
    expect(() => host.createGuest(huge)).toThrow('the board has no');
    expect(runAll(host, [addGuest(host, 'small', powerOff)])).toEqual({ small: [] });
  });
});

describe('odd corners', () => {
  test('vmcall is a hypercall too', () => {
    const { host } = createBench(1);
    const guest = addGuest(
      host,
      'old',
      `mov dword ptr [0x3000], 0x77
       mov ebx, 0x3000
       mov eax, ${hypercall.notify}
       db 0x0f, 0x01, 0xc1
       ${powerOff}`,
    );
    expect(runAll(host, [guest]).old).toEqual([0x77]);
    expect(guest.tallies.hypercalls.NOTIFY).toBe(1);
  });

  test('with TS set the next x87 instruction is the guest’s to see', () => {
    const { host } = createBench(1);
    const guest = addGuest(
      host,
      'lazy',
      `${setGate(7, 'absent')}
       fld1
       ${ask(hypercall.taskSwitched, 8)}
       mov edi, 0
       fldz
       mov eax, edi
       ${tell}
       ${powerOff}
absent:
       inc edi
       ${ask(hypercall.taskSwitched, 0)}
       iret`,
    );
    expect(runAll(host, [guest]).lazy).toEqual([1]);
    expect(guest.counters.reflectedTraps).toBe(1);
  });

  test('single-stepping does not survive into the handler, and comes back with iret', () => {
    const { host } = createBench(1);
    const guest = addGuest(
      host,
      'stepper',
      `${setGate(1, 'step')}
       mov edi, 0
       pushf
       or dword ptr [esp], 0x100
       popf
       nop
       nop
       pushf
       and dword ptr [esp], 0xfffffeff
       popf
       mov eax, edi
       ${tell}
       ${powerOff}
step:  inc edi
       iret`,
    );
    // Two nops, pushf, and, popf: a trap after each, the last still with the flag it began with.
    expect(runAll(host, [guest]).stepper).toEqual([5]);
  });

  test('a port that nobody has answers ones', () => {
    const { host } = createBench(1);
    const guest = addGuest(host, 'prober', `cli\nxor eax, eax\nin al, 0x64\n${tell}\nout 0x80, al\n${powerOff}`);
    expect(runAll(host, [guest]).prober).toEqual([0xff]);
    expect(guest.counters.emulatedInstructions).toBe(3);
  });

  test('an NMI is the host’s affair, counted once', () => {
    const { board, host } = createBench(1);
    const guest = addGuest(host, 'calm', `mov ecx, 2000\nagain: dec ecx\njnz again\nmov eax, 1\n${tell}\n${powerOff}`);
    board.raiseNmi();
    host.runGuest(guest, 1000);
    board.raiseNmi();
    expect(runAll(host, [guest]).calm).toEqual([1]);
    expect(guest.counters.nonMaskableInterrupts).toBe(2);
  });

  test('a guest killed from outside is dead at once', () => {
    const { host } = createBench(1);
    const guest = addGuest(host, 'doomed', 'forever: jmp forever');
    expect(host.runGuest(guest, 10_000)).toEqual({ why: 'slice over' });
    guest.kill('the user closed it');
    expect(host.runGuest(guest, 10_000)).toEqual({ why: 'dead', end: 'killed', reason: 'the user closed it' });
  });

  test('who is not started is not run, and nobody is started twice', () => {
    const { host } = createBench(2);
    const guest = host.createGuest({ name: 'still', memoryBytes: 65536, deviceBytes: 0, fastPath: false });
    expect(() => host.runGuest(guest, 1)).toThrow('never started');
    const started = addGuest(host, 'busy', powerOff);
    expect(() => started.start(started.memory.size as never)).toThrow('twice');
  });
});

describe('a trace', () => {
  const run = () => {
    const heard: CrossingRecord[] = [];
    const { host } = createBench(1, { onCrossing: (record) => heard.push(record) });
    const guest = addGuest(host, 'traced', `in al, 0x64\n${setGate(32, 'end')}\nmov eax, 5\n${tell}\nend: ${powerOff}`);
    runAll(host, [guest]);
    return { heard, guest };
  };

  test('hears of every crossing, in order', () => {
    const { heard, guest } = run();
    expect(heard).toHaveLength(guest.counters.roundTrips);
    expect(heard.map((record) => record.cause)).toEqual([
      'page fault filled',
      'hypercall',
      'page fault filled',
      'privileged instruction',
      'hypercall',
      'page fault filled',
      'hypercall',
      'hypercall',
    ]);
    expect(heard[1]).toMatchObject({ guest: 'traced', ring: 1, outcome: expect.stringMatching(/^LGUEST_INIT 0x2000/) });
    expect(heard[0]).toMatchObject({ eip: CODE, outcome: `cr2 0x${CODE.toString(16)} error 0x0` });
    for (let index = 1; index < heard.length; index++) {
      expect(heard[index].enteredAt).toBe(heard[index - 1].leftAt);
    }
  });

  test('is the same every time, and so are the counters', () => {
    const [one, two] = [run(), run()];
    expect(one.heard).toEqual(two.heard);
    expect(one.guest.counters).toEqual(two.guest.counters);
  });

  test('the instructions of all rings and the clock agree', () => {
    const { heard, guest } = run();
    const { guestInstructions, switcherInstructions } = guest.counters;
    expect(guestInstructions).toBe(heard.reduce((sum, record) => sum + record.instructionsInGuest, 0));
    const between = heard[heard.length - 1].leftAt - heard[0].enteredAt;
    expect(guestInstructions + switcherInstructions).toBe(between);
  });
});
