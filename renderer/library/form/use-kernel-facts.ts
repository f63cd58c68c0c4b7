/** What main finds out about a kernel while a person chooses one; asked a moment after the last key, answers in order. */

import { useEffect, useState } from 'react';
import type { KernelFacts, MachineSettings } from '../../../core/protocol/machines.ts';
import { sentenceOf } from '../../shell/workstation-state.ts';
import { useConnection } from '../../store.ts';
import { isOwnCopy } from '../draft.ts';

export type FactsState =
  | { readonly is: 'nothing' }
  | { readonly is: 'asking' }
  | { readonly is: 'known'; readonly facts: KernelFacts }
  | { readonly is: 'refused'; readonly sentence: string };

const TYPING_PAUSE_MS = 250;

/** `machine` is whose own copy an image without a folder is. */
export function useKernelFacts(image: MachineSettings['image'], machine?: string): FactsState {
  const connection = useConnection();
  const [state, setState] = useState<FactsState>({ is: 'nothing' });
  const { kind } = image;
  const which = image.kind === 'sample' ? image.name : image.path;
  useEffect(() => {
    if (which.trim() === '') return setState({ is: 'nothing' });
    let over = false;
    const settle = (next: FactsState) => {
      if (!over) setState(next);
    };
    const ask = () => {
      setState({ is: 'asking' });
      connection
        .ask('library.inspect', {
          image: kind === 'sample' ? { kind, name: which } : { kind, path: which },
          ...(kind === 'file' && machine !== undefined && isOwnCopy(which) ? { machine } : {}),
        })
        .then((facts) => settle({ is: 'known', facts }))
        .catch((trouble) => settle({ is: 'refused', sentence: sentenceOf(trouble) }));
    };
    const clock = setTimeout(ask, kind === 'sample' ? 0 : TYPING_PAUSE_MS);
    return () => {
      over = true;
      clearTimeout(clock);
    };
  }, [connection, kind, which, machine]);
  return state;
}
