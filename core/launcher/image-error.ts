/**
 * What can be wrong with the files a person hands us.  Each kind is a member of one union, so that a front may react to
 * it; each message is one sentence without a name in front, so that a front may put the file's name there.
 */

export type ImageFault =
  | 'not a kernel'
  | 'truncated'
  | 'malformed'
  | 'wrong machine'
  | 'does not fit'
  | 'overlap'
  | 'bad memory size'
  | 'bad command line'
  | 'too many devices'
  | 'not supported';

export class ImageError extends Error {
  readonly kind: ImageFault;

  constructor(kind: ImageFault, sentence: string) {
    super(sentence);
    this.name = 'ImageError';
    this.kind = kind;
  }
}

/** Numbers in sentences are addresses; people read those in hex. */
export const hex = (value: number): string => `0x${value.toString(16)}`;
