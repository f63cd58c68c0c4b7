import { expect, it } from 'vitest';
import { startWithoutOpenGl } from '../../../main/fronts/plain-gtk.ts';

it('GTK hears that it should do without OpenGL, and nobody after it', async () => {
  const environment: NodeJS.ProcessEnv = {};
  const ready = Promise.resolve();
  startWithoutOpenGl(environment, ready);
  expect(environment.GDK_GL).toBe('disable');
  await ready;
  expect('GDK_GL' in environment).toBe(false);
});

it('what the person has said about it stands', async () => {
  const environment: NodeJS.ProcessEnv = { GDK_GL: 'always' };
  const ready = Promise.resolve();
  startWithoutOpenGl(environment, ready);
  await ready;
  expect(environment).toEqual({ GDK_GL: 'always' });
});
