import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PageSet } from '../../../../core/x86/memory/page-set.ts';
import { memoryMap } from '../../../../core/x86/state.ts';

const MIB = 1 << 20;
const LAST_PAGE = 0xfffff;
const i32 = new Int32Array((4 * MIB) >>> 2);
const contents = (set: PageSet) => {
  const pages: number[] = [];
  set.forEach((page) => {
    pages.push(page);
  });
  return pages;
};

test('says every page once, in order, and the 4 MiB it lies in', () => {
  const page = fc.oneof(
    fc.integer({ min: 0, max: LAST_PAGE }),
    fc.constantFrom(0, 31, 32, 1023, 1024, 32767, LAST_PAGE),
  );
  fc.assert(
    fc.property(fc.array(page), fc.integer({ min: 0, max: memoryMap.tlbSets - 1 }), (pages, number) => {
      const set = new PageSet(i32, number);
      for (const added of pages) set.add(added);
      const regions: number[] = [];
      set.forEachRegion((region) => {
        regions.push(region);
      });
      const inOrder = [...new Set(pages)].sort((a, b) => a - b);
      expect(contents(set)).toEqual(inOrder);
      expect(regions).toEqual([...new Set(inOrder.map((each) => each >>> 10))]);
      set.clear();
    }),
  );
});

test('leaves nothing behind, and does not touch another', () => {
  const [one, other] = [new PageSet(i32, 0), new PageSet(i32, 1)];
  for (const page of [0, LAST_PAGE]) {
    one.add(page);
    other.add(page);
  }
  one.clear();
  expect([contents(one), contents(other)]).toEqual([[], [0, LAST_PAGE]]);
  other.clear();
  expect(i32.every((word) => word === 0)).toBe(true);
});
