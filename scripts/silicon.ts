/**
 * Asks this machine's own processor and ours the same random questions, and prints where they disagree, by mnemonic:
 *
 *     npx tsx scripts/silicon.ts [--cases 20000] [--seed 1] [--only add,adc] [--show 2] [--case 'LINE'] [--corpus]
 *
 * `--show N` prints N examples of each disagreement (default 1); `--case` takes one line, as the examples print it, and
 * shows both answers; `--corpus` asks nobody and writes test/silicon/corpus.txt anew from this machine's answers.
 */

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { decode } from '../core/x86/encoding/decode.ts';
import { format } from '../core/x86/encoding/format.ts';
import { available } from '../test/extras.ts';
import { type Outcome, parseCase, printCase, printOutcome, type SiliconCase } from '../test/silicon/case.ts';
import { differences } from '../test/silicon/compare.ts';
import { generateCases } from '../test/silicon/generate.ts';
import { buildOracle } from '../test/silicon/native.ts';
import { CODE_START } from '../test/silicon/windows.ts';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
    show: { type: 'string', default: '1' },
    case: { type: 'string' },
    corpus: { type: 'boolean', default: false },
  },
});

function instructionText(question: SiliconCase): string {
  const bytes = Buffer.from(question.code, 'hex');
  const result = decode((index) => bytes[index] ?? 0xcc, true);
  return 'fault' in result ? result.fault : format(result, CODE_START);
}

function mnemonicOf(question: SiliconCase): string {
  const bytes = Buffer.from(question.code, 'hex');
  const result = decode((index) => bytes[index] ?? 0xcc, true);
  return 'fault' in result ? `(${result.fault})` : result.mnemonic;
}

type Answer = (question: SiliconCase) => Outcome;

async function ourProcessor(): Promise<Answer> {
  const { createBoard } = await import('../core/x86/board.ts');
  const { BOARD_BYTES, runCase } = await import('../test/silicon/on-board.ts');
  const freshBoard = () => createBoard({ ramBytes: BOARD_BYTES });
  let board = freshBoard();
  return (question) => {
    try {
      return runCase(board, question);
    } catch (error) {
      board = freshBoard(); // one that shut down stays down
      throw error;
    }
  };
}

interface Disagreement {
  count: number;
  readonly examples: string[];
}

/** Field names only, so that one cause is one line. */
const kindOf = (found: readonly string[]) =>
  found.map((difference) => difference.split(':')[0].replace(/ at .*/, '')).join(', ');

function record(groups: Map<string, Disagreement>, key: string, example: () => string): void {
  const group = groups.get(key) ?? { count: 0, examples: [] };
  group.count++;
  if (group.examples.length < Number(values.show)) group.examples.push(example());
  groups.set(key, group);
}

function compareAll(
  questions: readonly SiliconCase[],
  silicon: readonly Outcome[],
  ours: Answer,
): Map<string, Disagreement> {
  const groups = new Map<string, Disagreement>();
  questions.forEach((question, index) => {
    const answer = attempt(ours, question);
    if (typeof answer === 'string') {
      record(groups, `${mnemonicOf(question)}  ${answer}`, () => exampleText(question, [], silicon[index]));
      return;
    }
    const found = differences(question, answer, silicon[index]);
    if (found.length === 0) return;
    const vector = silicon[index].vector === 3 ? '' : ` (vector ${silicon[index].vector})`;
    const key = `${mnemonicOf(question)}${vector}  ${kindOf(found)}`;
    record(groups, key, () => exampleText(question, found, silicon[index]));
  });
  return groups;
}

/** The answer, or in words what came instead. */
function attempt(ours: Answer, question: SiliconCase): Outcome | string {
  try {
    return ours(question);
  } catch (error) {
    return `exception: ${error instanceof Error ? error.message.replaceAll(question.code, '').slice(0, 90) : error}`;
  }
}

function exampleText(question: SiliconCase, found: readonly string[], silicon: Outcome): string {
  const answer = printOutcome(question, silicon) || 'nothing changes';
  return [
    `      ${instructionText(question)}`,
    `        asked     ${printCase(question)}`,
    `        silicon   ${answer}`,
    ...found.map((difference) => `        ours, its ${difference}`),
  ].join('\n');
}

function print(groups: ReadonlyMap<string, Disagreement>, asked: number, elapsed: number): void {
  const all = [...groups].sort(([a], [b]) => a.localeCompare(b));
  for (const [key, { count, examples }] of all)
    console.log(`${String(count).padStart(6)}  ${key}\n${examples.join('\n')}`);
  const different = all.reduce((sum, [, { count }]) => sum + count, 0);
  console.log(
    `${asked - different} of ${asked} agree, ${different} differ in ${all.length} ways; ${Math.round(elapsed)} ms`,
  );
}

async function compareRandom(): Promise<void> {
  const only = values.only.split(',').filter(Boolean);
  const questions = values.case
    ? [parseCase(values.case)]
    : generateCases(Number(values.cases), Number(values.seed), only);
  const oracle = buildOracle();
  const silicon = oracle.ask(questions);
  oracle.close();
  const ours = await ourProcessor();
  const start = performance.now();
  const groups = compareAll(questions, silicon, ours);
  print(groups, questions.length, performance.now() - start);
  if (values.case) {
    console.log(`silicon   ${printOutcome(questions[0], silicon[0])}`);
    console.log(`ours      ${printOutcome(questions[0], ours(questions[0]))}`);
  }
}

const CORPUS = new URL('../test/silicon/corpus.txt', import.meta.url);

function writeCorpus(): void {
  const questions = generateCases(Number(values.cases), Number(values.seed));
  const oracle = buildOracle();
  const answers = oracle.ask(questions);
  oracle.close();
  const lines = questions.map(
    (question, index) => `${printCase(question)} > ${printOutcome(question, answers[index])}`,
  );
  writeFileSync(CORPUS, `${lines.join('\n')}\n`);
}

if (!available('compiler') || !available('native32')) process.exit(1);
if (values.corpus) writeCorpus();
else await compareRandom();
