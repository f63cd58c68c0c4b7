import { describe, expect, test, vi } from 'vitest';
import { chooseFront } from '../../../main/fronts/choose-front.ts';

const withDisplay = { platform: 'linux', environment: { DISPLAY: ':0' } } as const;
const without = { platform: 'linux', environment: {} } as const;
const found = async () => ({ program: '/opt/electron' });
const missing = async () => ({ missing: 'Electron could not be fetched (offline)' });

describe('the front', () => {
  test.each([
    ['X', withDisplay],
    ['Wayland', { platform: 'linux', environment: { WAYLAND_DISPLAY: 'wayland-0' } }],
    ['a Mac', { platform: 'darwin', environment: {} }],
    ['Windows', { platform: 'win32', environment: {} }],
  ] as const)('is the desktop on %s with an Electron', async (_, around) => {
    expect(await chooseFront({ front: null }, around, found)).toEqual({ is: 'desktop', electron: '/opt/electron' });
  });

  test('is the web where one of them is missing, and says which', async () => {
    expect(await chooseFront({ front: null }, withDisplay, missing)).toEqual({
      is: 'web',
      because: 'because Electron could not be fetched (offline)',
    });
    const find = vi.fn(found);
    expect(await chooseFront({ front: null }, without, find)).toMatchObject({
      because: expect.stringContaining('DISPLAY'),
    });
    expect(find).not.toHaveBeenCalled();
  });

  test('is the web for whoever asks, without a look at Electron', async () => {
    const find = vi.fn(found);
    expect(await chooseFront({ front: 'web' }, withDisplay, find)).toMatchObject({ is: 'web' });
    expect(find).not.toHaveBeenCalled();
  });

  test('is refused to whoever insists on a desktop that cannot be', async () => {
    await expect(chooseFront({ front: 'desktop' }, withDisplay, missing)).rejects.toThrow('could not be fetched');
    await expect(chooseFront({ front: 'desktop' }, without, found)).rejects.toThrow('there is no display');
  });
});
