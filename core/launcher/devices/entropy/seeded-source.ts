/**
 * Bytes that look random and are not: xoshiro128** of Blackman and Vigna ("Scrambled linear pseudorandom number
 * generators", 2021), started by splitmix32.  The same seed gives the same bytes, which is what a repeatable run needs
 * and what a secret must never be made of.  Whoever wants secrets hands in a source that has some.
 */

const GOLDEN_GAMMA = 0x9e3779b9;
const STATE_WORDS = 4;
const WORD_BYTES = 4;
const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** A stream of bytes; each call takes the next so many. How it is cut into calls does not change the stream. */
export function seededSource(seed: string | number): (bytes: number) => Uint8Array {
  const nextWord = xoshiro(typeof seed === 'number' ? seed : hashText(seed));
  let [word, left] = [0, 0];
  const nextByte = () => {
    if (left === 0) {
      word = nextWord();
      left = WORD_BYTES;
    }
    const byte = word & 0xff;
    word >>>= 8;
    left--;
    return byte;
  };
  return (bytes) => Uint8Array.from({ length: bytes }, nextByte);
}

/** xoshiro128**, 32 bits at a time. */
function xoshiro(seed: number): () => number {
  const s = initialState(seed);
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(s[1], 5), 7), 9) >>> 0;
    const shifted = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= shifted;
    s[3] = rotateLeft(s[3], 11);
    return result;
  };
}

/** splitmix32: a counter well stirred, as the authors of xoshiro advise. All zero it never is: its words differ. */
function initialState(seed: number): Uint32Array {
  let counter = seed >>> 0;
  return Uint32Array.from({ length: STATE_WORDS }, () => {
    counter = (counter + GOLDEN_GAMMA) >>> 0;
    let mixed = counter;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  });
}

/** FNV-1a over the characters' codes. */
function hashText(text: string): number {
  let hash = FNV_START;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), FNV_PRIME);
  return hash >>> 0;
}

const rotateLeft = (word: number, bits: number) => (word << bits) | (word >>> (32 - bits));
