/**
 * What the processor has counted, read from the state: generated code counts there, services through the setters here.
 * A count is 64 bits wide, low word first, and stays exact to 2^53.
 */

import type { MutableEvents } from '../processor.ts';
import { type State, stateLayout } from '../state.ts';

const WORD = 2 ** 32;
const at = stateLayout.at;
const CR3_LOADS = at.cr3Loads >>> 2;
const TLB_FILLS = at.tlbFills >>> 2;
const PAGE_WALKS = at.pageWalks >>> 2;
const SEGMENT_LOADS = at.segmentLoads >>> 2;
const TABLE_LOADS = at.tableLoads >>> 2;
const DELIVERIES = at.deliveries >>> 2;
const IRET_INSTRUCTIONS = at.iretInstructions >>> 2;
const FAR_TRANSFERS = at.farTransfers >>> 2;

export class CountedEvents implements MutableEvents {
  readonly instructions: [number, number, number, number] = [0, 0, 0, 0];
  portAccesses = 0;
  nmis = 0;
  private readonly u32: Uint32Array;

  constructor(state: State) {
    this.u32 = state.u32;
  }

  get cr3Loads(): number {
    return this.count(CR3_LOADS);
  }
  set cr3Loads(value: number) {
    this.setCount(CR3_LOADS, value);
  }
  get tlbFills(): number {
    return this.count(TLB_FILLS);
  }
  set tlbFills(value: number) {
    this.setCount(TLB_FILLS, value);
  }
  get pageWalks(): number {
    return this.count(PAGE_WALKS);
  }
  set pageWalks(value: number) {
    this.setCount(PAGE_WALKS, value);
  }
  get segmentLoads(): number {
    return this.count(SEGMENT_LOADS);
  }
  set segmentLoads(value: number) {
    this.setCount(SEGMENT_LOADS, value);
  }
  get tableLoads(): number {
    return this.count(TABLE_LOADS);
  }
  set tableLoads(value: number) {
    this.setCount(TABLE_LOADS, value);
  }
  get deliveries(): number {
    return this.count(DELIVERIES);
  }
  set deliveries(value: number) {
    this.setCount(DELIVERIES, value);
  }
  get iretInstructions(): number {
    return this.count(IRET_INSTRUCTIONS);
  }
  set iretInstructions(value: number) {
    this.setCount(IRET_INSTRUCTIONS, value);
  }
  get farTransfers(): number {
    return this.count(FAR_TRANSFERS);
  }
  set farTransfers(value: number) {
    this.setCount(FAR_TRANSFERS, value);
  }

  private count(word: number): number {
    return this.u32[word] + this.u32[word + 1] * WORD;
  }

  private setCount(word: number, value: number): void {
    this.u32[word] = value;
    this.u32[word + 1] = value / WORD;
  }
}
