/** Writes nested loops and forward jumps (structure.ts) as scopes, and knows where to branch to for each block. */

import type { FunctionBuilder, Scope, Variable } from '../emit/function-builder.ts';
import { newScope } from '../emit/function-items.ts';
import type { Shape } from './structure.ts';

export interface Label {
  readonly scope: Scope;
  /** For a loop with several heads: which one. */
  readonly choose: { readonly variable: Variable; readonly index: number } | null;
}

export class ShapeWriter {
  private readonly code: FunctionBuilder;
  private readonly writeBlock: (block: number) => void;
  private readonly labels = new Map<number, Label>();

  constructor(code: FunctionBuilder, writeBlock: (block: number) => void) {
    this.code = code;
    this.writeBlock = writeBlock;
  }

  /** The way to a block, from where it is asked for. */
  labelOf(block: number): Label {
    const label = this.labels.get(block);
    if (!label) throw new Error(`no way to block ${block}`);
    return label;
  }

  /** Writes shapes one behind the other; `dispatch` is for a loop with several heads: which of them to start with. */
  write(shapes: readonly Shape[], dispatch: { variable: Variable; heads: readonly number[] } | null): void {
    const { code } = this;
    const scopes = shapes.map(() => newScope());
    for (const [i, shape] of shapes.entries()) this.label(shape, scopes[i]);
    const upTo = (i: number): void => {
      if (i < 0) {
        if (!dispatch) return;
        const places = dispatch.heads.map(
          (head) => scopes[shapes.findIndex((s) => s.kind === 'block' && s.block === head)],
        );
        code.branchTable(code.get(dispatch.variable), places.slice(0, -1), places[places.length - 1]);
        return;
      }
      code.within(scopes[i], () => {
        upTo(i - 1);
        if (i > 0) this.one(shapes[i - 1]);
      });
    };
    upTo(shapes.length - 1);
    this.one(shapes[shapes.length - 1]);
  }

  private label(shape: Shape, scope: Scope): void {
    if (shape.kind === 'block') {
      if (!this.labels.has(shape.block)) this.labels.set(shape.block, { scope, choose: null });
      return;
    }
    const variable = shape.heads.length > 1 ? this.code.variable() : null;
    shape.heads.forEach((head, index) => {
      this.labels.set(head, { scope, choose: variable && { variable, index } });
    });
  }

  private one(shape: Shape): void {
    if (shape.kind === 'block') this.writeBlock(shape.block);
    else this.writeLoop(shape.heads, shape.body);
  }

  private writeLoop(heads: readonly number[], body: readonly Shape[]): void {
    const scope = newScope(true);
    const variable = this.labels.get(heads[0])?.choose?.variable ?? null;
    for (const head of heads) {
      const { choose } = this.labelOf(head);
      this.labels.set(head, { scope, choose });
    }
    this.code.within(scope, () => this.write(body, variable && { variable, heads }));
  }
}
