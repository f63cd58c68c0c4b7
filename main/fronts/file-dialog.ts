/** Asks the person for a file in the system's own dialog; the answer is a path on this computer. */

import { type BrowserWindow, dialog } from 'electron';
import type { WindowEnd } from '../workstation/parts.ts';

type Purpose = Parameters<NonNullable<WindowEnd['chooseFile']>>[0];

const titles: Record<Purpose, string> = {
  kernel: 'Choose a kernel (bzImage or vmlinux)',
  initrd: 'Choose an initial RAM disk',
  disk: 'Choose a disk image',
  machine: 'Choose an exported machine',
  save: 'Save as',
};

/** null if the person changed their mind. */
export async function askForFile(
  window: BrowserWindow,
  purpose: Purpose,
  suggestedName: string,
): Promise<string | null> {
  const title = titles[purpose];
  if (purpose === 'save') {
    const { canceled, filePath } = await dialog.showSaveDialog(window, { title, defaultPath: suggestedName });
    return canceled || filePath === '' ? null : filePath;
  }
  const { canceled, filePaths } = await dialog.showOpenDialog(window, { title, properties: ['openFile'] });
  return canceled ? null : (filePaths[0] ?? null);
}
