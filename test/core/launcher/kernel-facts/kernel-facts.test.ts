/** Kernels of a few instructions are asked what they are, on a real board with the real Switcher. */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lguestEras } from '../../../../core/agreement/lguest-data.ts';
import { ImageError } from '../../../../core/launcher/image-error.ts';
import { type KernelFacts, kernelFacts } from '../../../../core/launcher/kernel-facts/kernel-facts.ts';
import { assembleAt } from '../../host/assemble.ts';
import { buildElf, thrownBy } from '../build-elf.ts';
import {
  buildBzImage,
  CODE,
  elfKernel,
  finish,
  forEver,
  grab,
  introduce,
  paeTables,
  scratchHost,
} from './small-kernels.ts';

const BUDGET = 3_000_000;

function factsOf(file: Uint8Array, budgetInstructions = BUDGET): KernelFacts {
  const usual = { initrd: null, memoryMiB: null, usualMiB: 4 };
  return finish(kernelFacts({ file, ...usual, newHost: scratchHost, budgetInstructions }));
}

const linux = (release: string) => `\nLinux version ${release} (us@here) #1\n`;

describe('a kernel that knows lguest', () => {
  test.each([
    ['4.1', '4.14', 'pci'],
    ['3.0', '4.1', 'bus'],
    ['2.6.31', '3.0', 'bus'],
    ['2.6.24', '2.6.31', 'bus'],
  ])('from %s on says so itself', (since, before, devices) => {
    const era = lguestEras.find((one) => one.since === since)!;
    const facts = factsOf(elfKernel(`${introduce(era)}\n${forEver}`, era));
    expect(facts.lguest).toEqual({ answer: 'yes', because: 'it said LGUEST_INIT', origin: 'run' });
    expect(facts).toMatchObject({ era: { since, before }, devices, trial: { death: null } });
    expect(facts.trial!.instructions).toBeGreaterThan(0);
    expect(facts.trial!.instructions).toBeLessThan(10_000);
  });

  test('is believed even if it dies right after', () => {
    const facts = factsOf(elfKernel(`${introduce(lguestEras[0])}\nud2`, lguestEras[0]));
    expect(facts.lguest.answer).toBe('yes');
    expect(facts.trial!.death).toBeNull();
  });

  test('and brings page tables of three levels is told what to change', () => {
    const facts = factsOf(elfKernel(`${introduce(lguestEras[1])}\n${paeTables}`, lguestEras[1]));
    expect(facts.lguest).toMatchObject({
      answer: 'with PAE',
      because: expect.stringMatching(/CONFIG_X86_PAE.*NOHIGHMEM/),
    });
  });
});

describe('a kernel that does not', () => {
  test('is told what to enable', () => {
    const facts = factsOf(elfKernel(grab, null, linux('3.11.0')));
    expect(facts.version).toEqual({ value: '3.11.0 (us@here) #1', origin: 'file' });
    expect(facts.lguest).toMatchObject({
      answer: 'no',
      because: expect.stringMatching(/built without CONFIG_LGUEST_GUEST.*CONFIG_PARAVIRT.*CONFIG_VIRTIO_CONSOLE/),
      origin: 'run',
    });
    expect(facts).toMatchObject({ era: null, devices: null, trial: { death: expect.stringContaining('trap 0xd') } });
  });

  test.each([
    ['4.14.0', /4\.14 has no lguest.*4\.13/],
    ['6.1.0-50-686', /6\.1 has no lguest/],
    ['2.6.23.17', /2\.6\.23 spoke a language of its own/],
    ['2.6.18', /came with Linux 2\.6\.23/],
  ])('because it is Linux %s is told that', (release, because) => {
    const facts = factsOf(buildBzImage({ version: `${release} (us@here)`, code: assembleAt(CODE, grab) }));
    expect(facts.lguest).toMatchObject({ answer: 'no', because: expect.stringMatching(because), origin: 'header' });
  });

  test('and is no Linux is told what a Linux would need', () => {
    const { version, lguest } = factsOf(elfKernel(grab));
    expect(version).toBeNull();
    expect(lguest).toMatchObject({ answer: 'no', because: expect.stringMatching(/^no Linux .*CONFIG_LGUEST_GUEST/) });
  });

  test('and never ends is unknown, with the budget named', () => {
    const facts = factsOf(elfKernel(forEver));
    expect(facts.lguest).toMatchObject({ answer: 'unknown', because: expect.stringContaining('time was up') });
    expect(facts.trial!.instructions).toBeGreaterThanOrEqual(BUDGET);
    expect(facts.trial!.instructions).toBeLessThan(BUDGET + 10_000);
  });

  test('but makes hypercalls is not taken for one without lguest', () => {
    const facts = factsOf(elfKernel('mov eax, 4\nint 0x1f', null, linux('3.11.0')));
    expect(facts.lguest).toMatchObject({ answer: 'unknown', because: expect.stringContaining('made hypercalls') });
  });
});

describe('a bzImage', () => {
  test('that dies before it has unpacked itself leaves the question open', () => {
    const facts = factsOf(buildBzImage({ code: assembleAt(CODE, grab) }));
    expect(facts.lguest).toMatchObject({ answer: 'unknown', because: expect.stringMatching(/before it had unpacked/) });
  });

  test('that dies with its banner in memory does not, and gives its version away', () => {
    const code = Buffer.concat([assembleAt(CODE, grab), Buffer.from(linux('3.4.5'))]);
    const facts = factsOf(buildBzImage({ code, fields: { kernelVersion: 0 } }));
    expect(facts.version).toEqual({ value: '3.4.5 (us@here) #1', origin: 'run' });
    expect(facts.lguest).toMatchObject({ answer: 'no', because: expect.stringContaining('built without') });
  });

  test('with 64 bits is not run', () => {
    const facts = factsOf(buildBzImage({ fields: { extendedLoadFlags: 1 } }));
    expect(facts.lguest).toMatchObject({ answer: 'no', because: expect.stringContaining('64-bit'), origin: 'header' });
    expect(facts.trial).toBeNull();
  });

  test('is not run when nobody grants it an instruction', () => {
    const facts = factsOf(buildBzImage(), 0);
    expect(facts).toMatchObject({ trial: null, lguest: { answer: 'unknown', because: 'it was not run' } });
  });
});

describe('a load plan', () => {
  const usual = { usualMiB: 4, newHost: scratchHost, budgetInstructions: BUDGET };
  const kernelAt = (at: number) => buildElf([{ at, bytes: assembleAt(at, grab), memoryBytes: 0x1000 }], at);
  const planOf = (at: number, memoryMiB: number | null, initrd: Uint8Array | null = null) =>
    finish(kernelFacts({ file: kernelAt(at), initrd, memoryMiB, ...usual }));

  test('says what goes where', () => {
    expect(planOf(0x100000, null, new Uint8Array(5000)).plan).toMatchObject({
      entry: 0x100000,
      memoryMiB: 4,
      neededMiB: 4,
      refusal: null,
      ranges: [
        { what: 'the boot parameters', from: 0 },
        { from: 0x100000, to: 0x101000 },
        { what: expect.stringContaining('initrd'), from: 0x3fe000, to: 0x400000 },
      ],
    });
  });

  test('takes what is needed when nobody says how much', () => {
    const { plan, trial } = planOf(0x500000, null);
    expect(plan).toMatchObject({ memoryMiB: 6, neededMiB: 6, refusal: null });
    expect(trial!.memoryMiB).toBe(6);
  });

  test('counts the initrd on top, page for page', () => {
    expect(planOf(0x4ff000, null).plan!.neededMiB).toBe(5);
    expect(planOf(0x4ff000, null, new Uint8Array(1)).plan!.neededMiB).toBe(6);
  });

  test('says why too little will not do, and the kernel is asked all the same', () => {
    const { plan, trial, lguest } = planOf(0x500000, 4);
    expect(plan).toMatchObject({ memoryMiB: 4, neededMiB: 6, ranges: [], refusal: expect.stringContaining('4 MiB') });
    expect(trial!.memoryMiB).toBe(6);
    expect(lguest.answer).toBe('no');
  });

  test('that fits into no guest at all has no trial', () => {
    const { plan, trial } = planOf(0x7000_0000, null);
    expect(plan!.refusal).toMatch(/beyond the 1024 MiB/);
    expect(trial).toBeNull();
  });

  test('over the boot parameters is refused in the same words as by boot', () => {
    expect(planOf(0x1000, null)).toMatchObject({ plan: { refusal: expect.stringContaining('overlap') }, trial: null });
  });
});

test('what is no kernel is refused', () => {
  expect(thrownBy(() => factsOf(Buffer.from('#!/bin/sh\n')))).toBeInstanceOf(ImageError);
});

test('files hurt anywhere are asked what they are or refused, and nothing else happens', () => {
  const [era] = lguestEras;
  const whole = [elfKernel(`${introduce(era)}\n${grab}`, era), buildBzImage({ code: assembleAt(CODE, forEver) })];
  const changes = fc.array(fc.tuple(fc.nat(0x800), fc.nat(255)), { maxLength: 20 });
  const property = fc.property(fc.constantFrom(...whole), changes, (file, list) => {
    const hurt = file.slice();
    for (const [at, byte] of list) hurt[at % file.length] = byte;
    const error = thrownBy(() => {
      const { plan } = factsOf(hurt, 0);
      // A board of a gigabyte for each would only take time.
      if (plan !== null && plan.neededMiB <= 16) expect(factsOf(hurt, 20_000).lguest.because).not.toBe('');
    });
    if (error !== null) expect(error).toBeInstanceOf(ImageError);
  });
  fc.assert(property, { numRuns: 25 });
});
