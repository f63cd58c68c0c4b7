/** A workstation that was made without comparisons says so. */

import { type Comparisons, Refusal } from './parts.ts';

export function noComparisons(): Comparisons {
  const refuse = () => {
    throw new Refusal('this workstation makes no comparisons');
  };
  return {
    answers: {
      'compare.list': () => [],
      'compare.start': refuse,
      'compare.cancel': refuse,
      'compare.delete': refuse,
      'compare.export': refuse,
    },
    close: async () => {},
  };
}
