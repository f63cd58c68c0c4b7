/** Handlers made ahead for everybody are the ones that would have been made on the spot. */

import { describe, expect, test } from 'vitest';
import { commonHandlers, commonSlots } from '../../../../core/x86/interpreter/common-handlers.ts';
import { commonShapes } from '../../../../core/x86/interpreter/common-shapes.ts';
import { functionsOf } from '../../../../core/x86/interpreter/handler-functions.ts';
import { HandlerLibrary } from '../../../../core/x86/interpreter/handlers.ts';
import { shapeKey } from '../../../../core/x86/interpreter/shape.ts';

const imports = { slowRead: () => 0, slowWrite: () => 0, finishWrite: () => 0, service: () => 0 };
const newLibrary = () => new HandlerLibrary(new WebAssembly.Memory({ initial: 1 }), imports);

describe('the common handlers', () => {
  test('are listed once each, with the findings and slots of their shapes', () => {
    const shapes = new Map(commonShapes().map((shape) => [shapeKey(shape), shape]));
    const { handlers } = commonHandlers();
    expect(shapes.size).toBe(commonShapes().length);
    expect(handlers.map(({ key }) => key)).toEqual([...shapes.keys()]);
    const slots = new Set<number>();
    for (const { key, findings, slot, slotWithoutFlags } of handlers) {
      const shape = shapes.get(key);
      expect(shape && functionsOf(shape).findings, key).toEqual(findings);
      expect(slotWithoutFlags !== slot, key).toBe(findings.flagsWritten !== 0);
      slots.add(slot).add(slotWithoutFlags);
    }
    expect(Math.min(...slots)).toBe(commonSlots.first);
    expect(Math.max(...slots)).toBe(commonSlots.first + slots.size - 1);
  });

  test('are found by a library that comes later, and nothing has to be generated', () => {
    commonHandlers();
    const library = newLibrary();
    const [common] = commonHandlers().handlers;
    const [shape] = commonShapes();
    expect(library.find(shape)).toMatchObject({ slot: common.slot, slotWithoutFlags: common.slotWithoutFlags });
    expect(library.find({ ...shape, flatStack: false }).slot).toBeGreaterThanOrEqual(
      commonSlots.first + commonSlots.count,
    );
  });

  test('get slots for new handlers beyond any table they began with', () => {
    const library = newLibrary();
    const slots = Array.from({ length: 5000 }, () => library.newSlot());
    expect(new Set(slots).size).toBe(slots.length);
    expect(() => {
      library.find({ ...commonShapes()[0], flatStack: false });
      library.compilePending();
    }).not.toThrow();
  });
});
