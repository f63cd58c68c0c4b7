/**
 * A file on this computer.  The desktop front has the system's own dialog; a browser would hand the page the bytes and keep
 * the path to itself, but main opens files by path (a disk is not for uploading), so there the person types one.
 */

import { useCallback } from 'react';
import type { Argument } from '../../core/protocol/requests.ts';
import { useAbout, useAsk } from '../store.ts';
import { useQuestions } from './questions.tsx';

export type FilePurpose = Argument<'app.chooseFile'>['purpose'];

const titles: Readonly<Record<FilePurpose, string>> = {
  kernel: 'Choose a kernel',
  initrd: 'Choose an initial RAM disk',
  disk: 'Choose a disk image',
  machine: 'Import a machine',
  save: 'Save as',
};

/** True where the system's own dialog can be asked for. */
export function useHasFileDialog(): boolean {
  return useAbout()?.front === 'desktop';
}

/** Resolves with a path, or null if the person changed their mind. */
export function useChooseFile(): (purpose: FilePurpose, suggestedName?: string) => Promise<string | null> {
  const ask = useAsk();
  const about = useAbout();
  const { text } = useQuestions();
  return useCallback(
    async (purpose, suggestedName = '') => {
      if (about?.front === 'desktop') return (await ask('app.chooseFile', { purpose, suggestedName })) ?? null;
      const folder = about && purpose === 'save' ? about.dataFolder : '';
      const separator = folder.includes('\\') ? '\\' : '/';
      return text({
        title: titles[purpose],
        label: 'Path of the file',
        value: folder === '' ? suggestedName : `${folder}${separator}${suggestedName}`,
        yes: purpose === 'save' ? 'Save' : 'Choose',
        hint: 'A full path on the computer Astride runs on. Nothing is uploaded or downloaded through the browser.',
        monospaced: true,
      });
    },
    [ask, about, text],
  );
}
