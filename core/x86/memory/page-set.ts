/**
 * Linear pages that may have entries in a table, so that a table of a million entries is emptied in as many steps as it
 * had uses.  The set lies in the memory object, where generated code puts pages in: a bit for each page, behind them a
 * bit for each word of bits that is not empty, and behind those a bit for each word of these: for each 4 MiB.
 */

import { memoryMap } from '../state.ts';

const LINEAR_PAGES = 1 << 20;
const BIT_WORDS = LINEAR_PAGES >>> 5;
const SUMMARY_WORDS = BIT_WORDS >>> 5;
const REGION_WORDS = SUMMARY_WORDS >>> 5;
const SET_WORDS = memoryMap.filledSetBytes >>> 2;
const FIRST = memoryMap.filledPages >>> 2;

/** Where the second and the third level lie, in bytes behind the first: for generated code. */
export const filledLevelBytes = [BIT_WORDS << 2, (BIT_WORDS + SUMMARY_WORDS) << 2] as const;

export class PageSet {
  private readonly i32: Int32Array;
  private readonly bits: number;
  private readonly summary: number;
  private readonly regions: number;

  constructor(i32: Int32Array, set: number) {
    this.i32 = i32;
    this.bits = FIRST + set * SET_WORDS;
    this.summary = this.bits + BIT_WORDS;
    this.regions = this.summary + SUMMARY_WORDS;
  }

  add(page: number): void {
    this.i32[this.bits + (page >>> 5)] |= 1 << (page & 31);
    this.i32[this.summary + (page >>> 10)] |= 1 << ((page >>> 5) & 31);
    this.i32[this.regions + (page >>> 15)] |= 1 << ((page >>> 10) & 31);
  }

  /** The 4 MiB in which there are pages, by their numbers. */
  forEachRegion(visit: (region: number) => void): void {
    for (let word = 0; word < REGION_WORDS; word++) {
      for (let regions = this.i32[this.regions + word]; regions !== 0; regions &= regions - 1) {
        visit((word << 5) | lowestBit(regions));
      }
    }
  }

  forEach(visit: (page: number) => void): void {
    this.forEachRegion((region) => {
      this.forEachWord(region, (word) => {
        for (let pages = this.i32[this.bits + word]; pages !== 0; pages &= pages - 1) {
          visit((word << 5) | lowestBit(pages));
        }
      });
    });
  }

  clear(): void {
    this.forEachRegion((region) => {
      this.forEachWord(region, (word) => {
        this.i32[this.bits + word] = 0;
      });
      this.i32[this.summary + region] = 0;
    });
    this.i32.fill(0, this.regions, this.regions + REGION_WORDS);
  }

  /** Words of bits that are not empty. */
  private forEachWord(region: number, visit: (word: number) => void): void {
    for (let words = this.i32[this.summary + region]; words !== 0; words &= words - 1) {
      visit((region << 5) | lowestBit(words));
    }
  }
}

const lowestBit = (word: number) => 31 - Math.clz32(word & -word);
