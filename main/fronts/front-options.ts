/** The words after `npm start --`. */

import { type OptionTable, readOptions, wholeNumber } from '../options.ts';
import { UsageError } from '../usage-error.ts';

export interface FrontOptions {
  /** null: whichever can be had. */
  readonly front: 'desktop' | 'web' | null;
  readonly data: string | null;
  /** 0: any that is free. */
  readonly port: number;
  readonly openBrowser: boolean;
}

const table: OptionTable = {
  web: { type: 'boolean' },
  desktop: { type: 'boolean' },
  data: { type: 'string' },
  port: { type: 'string' },
  'no-open': { type: 'boolean' },
  help: { type: 'boolean' },
};
const LAST_PORT = 65_535;

export const frontUsage = `npm start -- [--desktop | --web] [--data FOLDER] [--port NUMBER] [--no-open]

  --desktop       the window, or an explanation; without --web and --desktop, the window if there can be one
  --web           the same app on 127.0.0.1, for a browser on this computer
  --data FOLDER   where machines and preferences are kept (also ASTRIDE_DATA)
  --port NUMBER   for --web; any free one if left out
  --no-open       for --web; only say the address, open nothing
  ASTRIDE_ELECTRON=FOLDER names an Electron of your own
`;

/** null asks for help. Throws UsageError. */
export function readFrontOptions(argv: readonly string[]): FrontOptions | null {
  const { values, positionals } = readOptions(argv, table);
  if (values.has('help')) return null;
  if (positionals.length > 0) {
    throw new UsageError(`"${positionals[0]}" means nothing here; machines are started in the window. Try --help`);
  }
  if (values.has('web') && values.has('desktop')) throw new UsageError('--web and --desktop exclude each other');
  const needsWeb = ['port', 'no-open'].find((name) => values.has(name) && values.has('desktop'));
  if (needsWeb) throw new UsageError(`--${needsWeb} is for the browser, and --desktop uses none`);
  const port = values.has('port') ? wholeNumber('--port', values.get('port')!, 1) : 0;
  if (port > LAST_PORT) throw new UsageError(`--port goes up to ${LAST_PORT}, and ${port} is more`);
  return {
    front: values.has('web') ? 'web' : values.has('desktop') ? 'desktop' : null,
    data: values.get('data') ?? null,
    port,
    openBrowser: !values.has('no-open'),
  };
}
