/** What the person at the keyboard got wrong, or their disk did: one sentence, exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
