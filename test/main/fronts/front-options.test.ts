import { describe, expect, test } from 'vitest';
import { readFrontOptions } from '../../../main/fronts/front-options.ts';

const read = (words: string) => readFrontOptions(words.split(' ').filter((word) => word !== ''));

describe('the words after npm start', () => {
  test('may be none', () => {
    expect(read('')).toEqual({ front: null, data: null, port: 0, openBrowser: true });
  });

  test('choose a front, a folder, a port, and whether a browser opens', () => {
    expect(read('--web --data there --port 8080 --no-open')).toEqual({
      front: 'web',
      data: 'there',
      port: 8080,
      openBrowser: false,
    });
    expect(read('--desktop')?.front).toBe('desktop');
    expect(read('--help --web')).toBeNull();
  });

  test.each([
    ['--web --desktop', '--web and --desktop exclude each other'],
    ['--windows', 'there is no option --windows'],
    ['--constructor', 'there is no option --constructor'],
    ['hello', '"hello" means nothing here'],
    ['--port', '--port needs a value'],
    ['--port high', '--port wants a whole number from 1 up, not "high"'],
    ['--port 65536', '--port goes up to 65535'],
    ['--desktop --port 80', '--port is for the browser'],
    ['--desktop --no-open', '--no-open is for the browser'],
    ['--web=yes', '--web takes no value'],
  ])('%s is answered with a sentence', (words, sentence) => {
    expect(() => read(words)).toThrow(sentence);
  });
});
