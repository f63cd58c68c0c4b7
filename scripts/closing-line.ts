/**
 * The last line of a test run, plain enough for a machine to read: `N passed, N failed, N skipped`.
 * A file that could not even be read and an error outside every test count as failures, since nothing else here would
 * show them.
 */

import type { Reporter, SerializedError, TestModule } from 'vitest/node';

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The part of vitest's test file that is read here. */
interface EndedModule {
  state(): string;
  readonly children: { allTests(): Iterable<{ result(): { state: string } }> };
}

/** What came of a run: its test files, and the errors that belong to no file. */
export function outcomeOf(modules: readonly EndedModule[], strayErrors: readonly unknown[]): Outcome {
  const states = modules.flatMap(statesIn);
  const ended = (wanted: string) => states.filter((state) => state === wanted).length;
  const brokenFiles = modules.filter((module) => module.state() === 'failed' && !statesIn(module).includes('failed'));
  return {
    passed: ended('passed'),
    failed: ended('failed') + ended('pending') + brokenFiles.length + strayErrors.length,
    skipped: ended('skipped'),
  };
}

function statesIn(module: EndedModule): string[] {
  return [...module.children.allTests()].map((test) => test.result().state);
}

export function closingLine({ passed, failed, skipped }: Outcome): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Listed last in vitest's configuration, so that it speaks last. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], strayErrors: readonly SerializedError[]): void {
    console.log(closingLine(outcomeOf(modules, strayErrors)));
  }
}
