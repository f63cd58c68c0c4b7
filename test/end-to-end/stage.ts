/**
 * Where the steps are taken: the app on a data folder of its own, started once for a chapter of steps.  Steps follow one
 * another on the same screen, as a person's do, so one that fails may take those behind it along.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type App, type Driver, keepScreenshot } from './app.ts';
import { PATIENCE_MS } from './moves.ts';

export interface Stage {
  readonly front: Driver['front'];
  /** A test with time for several waits. */
  step(name: string, take: () => Promise<void>): void;
  page(): Page;
  /** A folder for what a step needs besides, gone afterwards. */
  scratch(): string;
  withFile: App['withFile'];
  /** Such a complaint of the page is what the present step is about. */
  expectProblem(pattern: RegExp): void;
  /** Ends the app and starts it on the same data. */
  startAgain(): Promise<void>;
}

const STEP_LIMIT_MS = 3 * PATIENCE_MS;

/** A chapter of steps, taken with this driver. */
export function describeChapter(driver: Driver, name: string, steps: (stage: Stage) => void): void {
  describe(name, () => {
    let folder: string;
    let app: App;
    const start = async () => {
      app = await driver.start(join(folder, 'data'));
    };

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'astride-end-to-end-'));
      await start();
    }, STEP_LIMIT_MS);

    afterEach(async ({ task }) => {
      if (task.result?.state === 'fail') await keepScreenshot(app.page, `${driver.front} ${task.name}`);
      expect(app.problems.seen.splice(0)).toEqual([]);
    });

    afterAll(async () => {
      await app?.quit();
      rmSync(folder, { recursive: true, force: true });
    }, STEP_LIMIT_MS);

    steps({
      front: driver.front,
      step: (step, take) => test(step, take, STEP_LIMIT_MS),
      page: () => app.page,
      scratch: () => folder,
      withFile: (path, ask) => app.withFile(path, ask),
      expectProblem: (pattern) => app.problems.expect(pattern),
      startAgain: async () => {
        await app.quit();
        await start();
      },
    });
  });
}
