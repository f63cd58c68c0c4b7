import { describe, expect, test } from 'vitest';
import { dataFolder, type Surroundings } from '../../../main/fronts/usual-place.ts';

const around = (platform: NodeJS.Platform, environment: Surroundings['environment'] = {}): Surroundings => ({
  platform,
  environment,
  home: platform === 'win32' ? 'C:\\Users\\ann' : '/home/ann',
  workingFolder: platform === 'win32' ? 'D:\\here' : '/here',
});

describe('the data folder', () => {
  test.each([
    ['linux', {}, '/home/ann/.local/share/astride'],
    ['linux', { XDG_DATA_HOME: '/mnt/share' }, '/mnt/share/astride'],
    ['linux', { XDG_DATA_HOME: 'relative' }, '/home/ann/.local/share/astride'],
    ['freebsd', { XDG_DATA_HOME: '' }, '/home/ann/.local/share/astride'],
    ['darwin', { XDG_DATA_HOME: '/mnt/share' }, '/home/ann/Library/Application Support/Astride'],
    ['win32', {}, 'C:\\Users\\ann\\AppData\\Local\\Astride'],
    ['win32', { LOCALAPPDATA: 'E:\\local' }, 'E:\\local\\Astride'],
  ] as const)('on %s with %j is %s', (platform, environment, folder) => {
    expect(dataFolder(null, around(platform, environment))).toBe(folder);
  });

  test('is what was asked for, first by the option and then by the environment', () => {
    const asked = around('linux', { ASTRIDE_DATA: '/from/environment', XDG_DATA_HOME: '/mnt/share' });
    expect(dataFolder('mine', asked)).toBe('/here/mine');
    expect(dataFolder(null, asked)).toBe('/from/environment');
    expect(dataFolder('data', around('win32'))).toBe('D:\\here\\data');
  });
});
