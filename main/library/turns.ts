/**
 * One at a time, in the order they came.  Everything that changes the library on disk waits here, so that no change is
 * made on the ground of a state that another one is about to replace.
 */

export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  /** Runs `task` when all before it are done, well or badly; passes on its outcome. */
  take<T>(task: () => Promise<T>): Promise<T> {
    const turn = this.last.then(task);
    this.last = turn.catch(() => {});
    return turn;
  }

  /** Resolves once everything asked for so far is done. */
  async over(): Promise<void> {
    await this.last;
  }
}
