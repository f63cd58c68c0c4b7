/**
 * Linear pages that may have entries in a table, so that a table of a million entries is emptied in as many steps as it
 * had uses.  The set lies in the memory object, where generated code puts pages in: a bit for each page, and behind them
 * a bit for each word of bits that is not empty.
 */

import { memoryMap } from '../state.ts';

const LINEAR_PAGES = 1 << 20;
const BIT_WORDS = LINEAR_PAGES >>> 5;
const SUMMARY_WORDS = BIT_WORDS >>> 5;
const SET_WORDS = memoryMap.filledSetBytes >>> 2;
const FIRST = memoryMap.filledPages >>> 2;

export class PageSet {
  private readonly i32: Int32Array;
  private readonly bits: number;
  private readonly summary: number;

  constructor(i32: Int32Array, set: number) {
    this.i32 = i32;
    this.bits = FIRST + set * SET_WORDS;
    this.summary = this.bits + BIT_WORDS;
  }

  add(page: number): void {
    this.i32[this.bits + (page >>> 5)] |= 1 << (page & 31);
    this.i32[this.summary + (page >>> 10)] |= 1 << ((page >>> 5) & 31);
  }

  forEach(visit: (page: number) => void): void {
    for (let high = 0; high < SUMMARY_WORDS; high++) {
      for (let words = this.i32[this.summary + high]; words !== 0; words &= words - 1) {
        const word = (high << 5) | lowestBit(words);
        for (let pages = this.i32[this.bits + word]; pages !== 0; pages &= pages - 1) {
          visit((word << 5) | lowestBit(pages));
        }
      }
    }
  }

  clear(): void {
    for (let high = 0; high < SUMMARY_WORDS; high++) {
      for (let words = this.i32[this.summary + high]; words !== 0; words &= words - 1) {
        this.i32[this.bits + ((high << 5) | lowestBit(words))] = 0;
      }
      this.i32[this.summary + high] = 0;
    }
  }
}

const lowestBit = (word: number) => 31 - Math.clz32(word & -word);
