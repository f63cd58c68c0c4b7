/** What can be asked about a comparison, with the questions that come before. */

import { useCallback } from 'react';
import type { ComparisonRequest, ComparisonResult } from '../../core/protocol/comparisons.ts';
import type { Argument } from '../../core/protocol/requests.ts';
import { useChooseFile } from '../shell/choose-file.ts';
import { useQuestions } from '../shell/questions.tsx';
import { fileNameFor } from '../shell/wording.ts';
import { useAsk, useSay } from '../store.ts';

type Format = Argument<'compare.export'>['format'];

/** Resolves with the new comparison's name, or null if it was refused (and that was said). */
export function useStartComparison(): (request: ComparisonRequest) => Promise<string | null> {
  const ask = useAsk();
  return useCallback(async (request) => (await ask('compare.start', request))?.comparison ?? null, [ask]);
}

export function useCancelComparison(): (comparison: string) => void {
  const ask = useAsk();
  return useCallback((comparison) => void ask('compare.cancel', { comparison }), [ask]);
}

/** Asks first: what is deleted is gone. */
export function useDeleteComparison(): (comparison: string, title: string) => Promise<void> {
  const ask = useAsk();
  const { confirm } = useQuestions();
  return useCallback(
    async (comparison, title) => {
      const sure = await confirm({
        title: 'Delete this comparison?',
        sentences: [title, 'Its numbers cannot be had back, though the same comparison can be made again.'],
        yes: 'Delete',
        danger: true,
      });
      if (sure) await ask('compare.delete', { comparison });
    },
    [ask, confirm],
  );
}

/** Nothing is lost by it, so nobody is asked. */
export function useDismissComparison(): (comparison: string) => void {
  const ask = useAsk();
  return useCallback((comparison) => void ask('compare.delete', { comparison }), [ask]);
}

export function useExportComparison({ comparison, title }: ComparisonResult): (format: Format) => Promise<void> {
  const [ask, say, chooseFile] = [useAsk(), useSay(), useChooseFile()];
  return useCallback(
    async (format) => {
      const to = await chooseFile('save', `${fileNameFor(title)}.${format}`);
      if (to === null) return;
      const answer = await ask('compare.export', { comparison, format, to });
      if (answer !== undefined) say('fine', `Saved as ${to}.`);
    },
    [ask, say, chooseFile, comparison, title],
  );
}
