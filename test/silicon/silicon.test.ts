import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Board } from '../../core/x86/board.ts';
import { supportedMnemonics } from '../../core/x86/encoding/table.ts';
import { testBoard } from '../engine.ts';
import { available } from '../extras.ts';
import { parseCase, parseOutcome, printCase, printOutcome, type SiliconCase } from './case.ts';
import { differences } from './compare.ts';
import { generateCases, testableMnemonics } from './generate.ts';
import { buildOracle } from './native.ts';
import { BOARD_BYTES, runCase } from './on-board.ts';
import { instructionOf } from './undefined.ts';

const corpus = readFileSync(new URL('corpus.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');

/** A case runs once: a region for each would take minutes, and test the compiler of WebAssembly. */
const RARELY = 1000;

/** Where ours and the answer differ, as text to read in a failure. */
function disagreement(board: Board, question: SiliconCase, answer: string): string | null {
  const found = differences(question, runCase(board, question), parseOutcome(question, answer));
  return found.length === 0 ? null : `${printCase(question)} > ${answer}: ${found.join('; ')}`;
}

describe('the corpus of answers from silicon', { timeout: 120_000 }, () => {
  it('agrees with our processor', () => {
    const board = testBoard({ ramBytes: BOARD_BYTES, hotAfter: RARELY });
    const found = corpus.flatMap((line) => {
      const [question, answer] = line.split(' > ');
      return disagreement(board, parseCase(question), answer) ?? [];
    });
    expect(found).toEqual([]);
  });

  it('asks about every mnemonic a user program can be asked about', () => {
    const asked = new Set(corpus.map((line) => instructionOf(parseCase(line))?.mnemonic));
    expect(testableMnemonics.filter((mnemonic) => !asked.has(mnemonic))).toEqual([]);
    expect(testableMnemonics.length).toBeGreaterThan(supportedMnemonics().length - 20);
  });

  it('reads back what it writes', () => {
    for (const question of generateCases(500, 3)) expect(parseCase(printCase(question))).toEqual(question);
    for (const line of corpus.slice(0, 500)) {
      const [asked, answer = ''] = line.split(' > ');
      const question = parseCase(asked);
      expect(printOutcome(question, parseOutcome(question, answer)).trim()).toBe(answer.trim());
    }
  });

  it('would notice a wrong register, flag, byte or fault', () => {
    const question = parseCase('1 01d8 eax=7fffffff ebx=1 efl=202');
    const right = parseOutcome(question, 'eax=80000000 efl=a96');
    expect(differences(question, right, right)).toEqual([]);
    for (const wrong of ['eax=80000001 efl=a96', 'eax=80000000 efl=a97', 'eax=80000000 efl=a96 m=20000000:00', 't=d'])
      expect(differences(question, parseOutcome(question, wrong), right)).not.toEqual([]);
  });
});

describe('what makers do in their own ways', () => {
  const board = testBoard({ ramBytes: BOARD_BYTES, hotAfter: RARELY });
  const agrees = (line: string) => {
    const [question, answer] = line.split(' > ');
    return disagreement(board, parseCase(question), answer) === null;
  };

  it.each([
    ['66f2ab step ecx=6 edi=200010c7', 't=1 eip=10000100 ecx=5 edi=200010c9 m=200010c7:a100', 'efl=10386', 'efl=b86'],
    [
      'f2a6 ecx=9 esi=20000755 edi=20002ffc',
      't=e err=4 cr2=20003000 eip=10000100 ecx=5 esi=20000759 edi=20003000',
      'efl=10207',
      'efl=10247',
    ],
  ])('flags where %s stopped', (question, answer, intels, nobodys) => {
    const seed = question.startsWith('66') ? '913bdd' : '91425c';
    expect(agrees(`${seed} ${question} > ${answer} ${intels}`)).toBe(true);
    expect(agrees(`${seed} ${question} > ${answer} ${nobodys}`)).toBe(false);
  });

  it('a selector moved as two bytes, where only two can be reached', () => {
    expect(agrees('b3bbd7 0fa8 esp=6 ss=7 ldt0=30000000,4,1 > esp=2')).toBe(true);
    expect(agrees('b3bbd7 0fa8 esp=6 ss=7 ldt0=30000000,2,1 > esp=2')).toBe(false);
    expect(agrees('b3bbd7 0fa8 esp=6 ss=7 ldt0=30000000,5,1 > t=c eip=10000100 efl=10202')).toBe(false);
  });

  it('an index below its bounds, the upper of which cannot be read', () => {
    expect(agrees('b3c353 622495e7f20020 edx=5 esp=ffffffc1 > t=5 eip=10000100 efl=10656')).toBe(false);
    expect(agrees('b3c353 622495e72f0020 edx=5 esp=ffffffc1 > t=5 eip=10000100 efl=10656')).toBe(true);
    expect(agrees('b3c353 622495e72f0020 edx=5 esp=ffffffc1 > t=6 eip=10000100 efl=10656')).toBe(false);
  });
});

/** x87 instructions are left to the corpus: the makers' last bits and rarest flags differ. */
const isInteger = (mnemonic: string) => !/^(f(?!s$)|wait)/.test(mnemonic);

describe.skipIf(!available('compiler') || !available('native32'))(
  'the processor this machine has',
  { timeout: 120_000 },
  () => {
    it('agrees with ours on 3,000 fresh cases', () => {
      const questions = generateCases(3000, 2026, testableMnemonics.filter(isInteger));
      const oracle = buildOracle();
      const answers = oracle.ask(questions);
      oracle.close();
      const board = testBoard({ ramBytes: BOARD_BYTES, hotAfter: RARELY });
      const found = questions.flatMap(
        (question, index) => disagreement(board, question, printOutcome(question, answers[index])) ?? [],
      );
      expect(found).toEqual([]);
    });
  },
);
