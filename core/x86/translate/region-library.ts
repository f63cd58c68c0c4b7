/**
 * Which regions share a module.  A module is a mapping of its own somewhere in the address space: a program that hops
 * through fifty of them spends its time in misses of the instruction TLB, and each new one costs V8 a copy of the table of
 * handlers.  So regions come in batches that grow with what is there, and when several modules of a size have gathered,
 * what is still alive of them is compiled once more, as one.
 *
 * @journey ground/neighbours
 * A shell ran slower translated than interpreted, and no instruction of it was to blame.  Every module of regions had been
 * given a place of its own in the address space, and the processor below remembers only so many places at once.  Code
 * that calls each other all day had better live in one house.
 */

import type { ByteWriter } from '../emit/bytes.ts';
import type { HandlerTable, Tenant } from '../interpreter/handler-table.ts';
import { compileRegions } from './region-module.ts';

/** How many modules of a size become one of the next. */
const MERGED = 5;
/** Regions that wait for each other: this many, or a part of those that are there. */
const LEAST_BATCH = 12;
const BATCH_SHARE = 8;
/** How many instructions they wait at most, for each region of a batch. */
const PATIENCE = 4000;

export interface CompiledRegion {
  readonly slot: number;
  readonly code: ByteWriter;
  readonly alive: boolean;
}

interface Module<Region> {
  readonly regions: readonly Region[];
  readonly tenant: Tenant;
}

export class RegionLibrary<Region extends CompiledRegion> {
  private readonly memory: WebAssembly.Memory;
  private readonly table: HandlerTable;
  /** By how often they have been merged. */
  private readonly modules: Module<Region>[][] = [];
  private waiting: Region[] = [];
  private compiled = 0;

  constructor(memory: WebAssembly.Memory, table: HandlerTable) {
    this.memory = memory;
    this.table = table;
  }

  /** How many instructions may run before what waits is compiled. */
  get patience(): number {
    return this.waiting.length > 0 ? PATIENCE * this.batch : Number.POSITIVE_INFINITY;
  }

  get isComplete(): boolean {
    return this.waiting.length >= this.batch;
  }

  private get batch(): number {
    return Math.max(LEAST_BATCH, Math.floor(this.compiled / BATCH_SHARE));
  }

  add(region: Region): void {
    this.waiting.push(region);
  }

  /** Compiles what waits into the table, and answers it. */
  compile(): readonly Region[] {
    const ready = this.waiting.filter(({ alive }) => alive);
    this.waiting = [];
    if (ready.length > 0) this.place(ready, 0);
    return ready;
  }

  private place(regions: readonly Region[], level: number): void {
    this.modules[level] ??= [];
    const same = this.modules[level].filter((module) => this.isInUse(module));
    this.modules[level] = same;
    if (same.length + 1 < MERGED) {
      same.push({ regions, tenant: this.table.place(compileRegions(regions, this.memory)) });
      this.compiled = this.modules.flat().flatMap((module) => module.regions.filter(({ alive }) => alive)).length;
      return;
    }
    this.modules[level] = [];
    for (const { tenant } of same) this.table.supersede(tenant);
    const merged = [...same.flatMap((module) => module.regions), ...regions];
    this.place(
      merged.filter(({ alive }) => alive),
      level + 1,
    );
  }

  private isInUse({ regions, tenant }: Module<Region>): boolean {
    const inUse = regions.some(({ alive }) => alive);
    if (!inUse) this.table.supersede(tenant);
    return inUse;
  }

  clear(): void {
    for (const { tenant } of this.modules.flat()) this.table.supersede(tenant);
    this.modules.length = 0;
    this.compiled = 0;
  }
}
// @end
