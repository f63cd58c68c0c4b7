import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { available } from '../../extras.ts';

describe.skipIf(!available('compiler'))('the committed machine code', () => {
  it('is what the sources beside it say', () => {
    const parameters = ['--import', 'tsx', 'scripts/build-switcher.ts', '--check'];
    const { status, stderr } = spawnSync(process.execPath, parameters, { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});
