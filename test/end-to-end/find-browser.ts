/**
 * A Chromium to test in.  npm brings one that is meant for Amazon's Linux, packed, with the libraries and fonts a bare
 * computer lacks; it is unpacked once for each install, beside the packages, and given its own libraries only where the
 * computer has none.  ASTRIDE_BROWSER names another one; failing both, Debian's `chromium` is taken.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../scripts/tree.ts';

export interface Browser {
  readonly program: string;
  /** What it needs in its environment besides ours. */
  readonly environment: Readonly<Record<string, string>>;
}

let found: Browser | { readonly missing: string } | undefined;

/** The browser, or a clause why there is none. Looks once. */
export function findBrowser(): Browser | { readonly missing: string } {
  found ??= lookForBrowser();
  return found;
}

function lookForBrowser(): Browser | { readonly missing: string } {
  const own = process.env.ASTRIDE_BROWSER;
  if (own) return firstThatRuns([{ program: own, environment: {} }], 'ASTRIDE_BROWSER');
  const unpacked = unpackShippedChromium();
  const shipped = 'missing' in unpacked ? [] : waysToRun(unpacked.folder);
  return firstThatRuns([...shipped, { program: 'chromium', environment: {} }], 'npm and Debian');
}

/** With the computer's own libraries, or else with those that came along. */
function waysToRun(folder: string): Browser[] {
  const program = join(folder, 'chromium');
  const fonts: Record<string, string> = existsSync('/etc/fonts/fonts.conf')
    ? {}
    : { FONTCONFIG_FILE: join(folder, OWN_FONTS) };
  return [
    { program, environment: fonts },
    { program, environment: { ...fonts, LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') } },
  ];
}

function firstThatRuns(browsers: readonly Browser[], whence: string): Browser | { readonly missing: string } {
  const complaints: string[] = [];
  for (const browser of browsers) {
    const environment = { ...process.env, ...browser.environment };
    const { error, status, stderr } = spawnSync(browser.program, ['--version'], { env: environment, encoding: 'utf8' });
    if (!error && status === 0) return browser;
    complaints.push(error ? error.message : (stderr.trim().split('\n').pop() ?? ''));
  }
  return { missing: `no Chromium of ${whence} runs (${complaints.join('; ')})` };
}

/** Asks the package as if we were where it is at home, since only then it unpacks its libraries. */
const unpacking = `
  const { default: chromium } = await import('@sparticuz/chromium');
  await chromium.executablePath();
`;

function unpackShippedChromium(): { readonly folder: string } | { readonly missing: string } {
  const modules = join(projectRoot, 'node_modules');
  const description = join(modules, '@sparticuz', 'chromium', 'package.json');
  if (!existsSync(description)) return { missing: 'the package is not installed' };
  const cache = join(modules, '.cache');
  const folder = join(cache, `chromium-${JSON.parse(readFileSync(description, 'utf8')).version}`);
  if (existsSync(folder)) return { folder };
  mkdirSync(cache, { recursive: true });
  const unfinished = mkdtempSync(`${folder}-`);
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', unpacking], {
    cwd: projectRoot,
    env: { ...process.env, TMPDIR: unfinished, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' },
    encoding: 'utf8',
  });
  // The list of fonts that came along expects them elsewhere.
  writeFileSync(join(unfinished, OWN_FONTS), fontsBelow(folder));
  if (status === 0) putInPlace(unfinished, folder);
  rmSync(unfinished, { recursive: true, force: true });
  return existsSync(folder) ? { folder } : { missing: stderr };
}

const OWN_FONTS = 'own-fonts.conf';

const fontsBelow = (folder: string) => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${join(folder, 'fonts')}</dir><cachedir>${join(folder, 'fonts-cache')}</cachedir></fontconfig>
`;

/** Of two tests that unpack at once, the second finds the place taken, and that is just as well. */
function putInPlace(unfinished: string, folder: string): void {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}
