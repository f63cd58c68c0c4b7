/**
 * GTK is in the desktop front for its dialogs alone.  On X11 it asks OpenGL all the same, when it starts, what the screen
 * can do, and the driver that answered stays in memory: 25 MiB and more.  It reads once, before anything is drawn, that it
 * should not; programs we open later are not to hear of it.
 */

const WORD = 'GDK_GL';

/** Keeps GTK from OpenGL while the app starts, unless the person has said something about that. */
export function startWithoutOpenGl(environment: NodeJS.ProcessEnv, ready: Promise<unknown>): void {
  if (environment[WORD] !== undefined) return;
  environment[WORD] = 'disable';
  void ready.then(() => delete environment[WORD]);
}
