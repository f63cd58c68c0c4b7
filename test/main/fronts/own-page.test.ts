import { expect, test } from 'vitest';
import { isOwnPage, mayOpen } from '../../../main/fronts/own-page.ts';

test('our own pages are known by their origin', () => {
  for (const address of ['app://astride/', 'app://astride', 'app://astride/assets/index.js', 'app://astride/#at=log']) {
    expect(isOwnPage(address)).toBe(true);
  }
});

test.each([
  'app://astride.example/',
  'app://astride@example.org/',
  'app://someone@astride/',
  'app://astride:80/',
  'app://other/',
  'http://astride/',
  'file:///etc/passwd',
  'javascript:alert(1)',
  'about:blank',
  'app:astride',
  '',
])('%j is none of them', (address) => {
  expect(isOwnPage(address)).toBe(false);
});

test('a link may lead to the few places the app links to, and only by https', () => {
  expect(mayOpen('https://lwn.net/Articles/718268/')).toBe(true);
  for (const address of [
    'http://lwn.net/',
    'https://lwn.net.example.org/',
    'https://example.org/https://lwn.net/',
    'file:///etc/passwd',
    'smb://server/share',
    'https://user@lwn.net/',
    'nonsense',
  ]) {
    expect(mayOpen(address)).toBe(false);
  }
});
