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
