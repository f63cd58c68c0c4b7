/**
 * Direct jumps that know their target's operation.  A jump may go straight there while both lie on one page, for they
 * will be dropped together; one whose target is not decoded yet waits for it.  Those that wait for something on one page
 * are a chain: the page names the first, and each the next where other instructions have a displacement.
 */

import type { FunctionBuilder, Value } from '../emit/function-builder.ts';
import { newScope } from '../emit/function-items.ts';
import { segmentNumber } from '../instruction.ts';
import { memoryMap, type State, segmentAddress, segmentLayout } from '../state.ts';
import { JUMPS, pageRecord, pageRecordOf, READER, readerState } from './block-records.ts';
import type { CodePage } from './code-pages.ts';
import { operationLayout } from './operation.ts';
import type { TemplateWriter } from './template-code.ts';
import { templateMemory } from './templates.ts';

const PAGE = 4096;
const CS_BASE = segmentAddress(segmentNumber.cs) + segmentLayout.at.base;
const { eip: EIP, targetEip: TARGET_EIP, target: TARGET, displacement: NEXT } = operationLayout.at;

/** Address of the record of an entry map. */
export function recordOfPage(w: TemplateWriter, entryMap: Value): Value {
  const shift = Math.log2(memoryMap.entryMapBytes / pageRecord.bytes);
  const offset = w.shiftRight(w.sub(entryMap, w.constant(memoryMap.entryMaps)), w.constant(shift));
  return w.add(offset, w.constant(templateMemory.pages));
}

const linearOf = (w: TemplateWriter, eip: Value) => w.add(eip, w.load(w.constant(CS_BASE)));

/** The operation a jump of this page goes to, or 0. */
const targetOf = (w: TemplateWriter, entryMap: Value, jump: Value) =>
  w.entry(entryMap, w.has(linearOf(w, w.load(jump, TARGET_EIP)), PAGE - 1));

/** Takes out of the chain, whose first link lies at `chain`, what need not wait any more. */
function writeArrivals(w: TemplateWriter, code: FunctionBuilder, entryMap: Value, chain: Value): void {
  const link = w.variable(chain);
  const next = newScope(true);
  code.within(next, () => {
    const jump = w.load(w.get(link));
    w.if(jump, () => {
      const target = targetOf(w, entryMap, jump);
      w.if(
        target,
        () => {
          w.store(jump, target, TARGET);
          w.store(w.get(link), w.load(jump, NEXT));
        },
        () => w.set(link, w.add(jump, w.constant(NEXT))),
      );
      code.branch(next);
    });
  });
}

/** Sends the direct jumps of the block written last to their targets, as far as those lie on their page and are known,
 *  and the jumps that waited for something in that block there. */
export function writeLinks(w: TemplateWriter, code: FunctionBuilder, entryMap: Value): void {
  const chain = recordOfPage(w, entryMap);
  writeArrivals(w, code, entryMap, chain);
  const left = w.variable(w.load(w.constant(READER), readerState.at.jumps));
  const next = newScope(true);
  code.within(next, () => {
    w.if(w.get(left), () => {
      w.increase(left, -1);
      const jump = w.entry(w.constant(JUMPS), w.get(left));
      const apart = w.xor(linearOf(w, w.load(jump, EIP)), linearOf(w, w.load(jump, TARGET_EIP)));
      w.if(w.below(apart, w.constant(PAGE)), () => {
        const target = targetOf(w, entryMap, jump);
        w.store(jump, target, TARGET);
        w.if(w.isZero(target), () => {
          w.store(jump, w.load(chain), NEXT);
          w.store(chain, jump);
        });
      });
      code.branch(next);
    });
  });
}

/** That operation of the page is about to be written over: it waits no longer. */
export function forgetJump({ i32 }: State, { entryMap }: CodePage, operation: number): void {
  let link = pageRecordOf(entryMap) + pageRecord.at.waiting;
  for (let jump = i32[link >>> 2]; jump !== 0; jump = i32[link >>> 2]) {
    if (jump === operation) i32[link >>> 2] = i32[(jump + NEXT) >>> 2];
    else link = jump + NEXT;
  }
}
