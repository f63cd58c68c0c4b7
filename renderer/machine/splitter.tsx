/**
 * Two parts with a bar between them that is dragged or moved with the arrows, and remembers where it was left.  Pushed
 * against an end it closes one part; Enter or a double click brings the middle back.
 */

import { type KeyboardEvent, type PointerEvent, type ReactNode, useCallback, useRef, useState } from 'react';
import { remembered } from './remembered.ts';
import { closedShare, shareFrom, stepShare } from './split-share.ts';

export type Arrangement = 'beside' | 'below';

interface SplitterProps {
  /** What it is remembered under. */
  readonly name: string;
  readonly label: string;
  readonly arrangement: Arrangement;
  readonly usualShare: number;
  readonly first: ReactNode;
  readonly second: ReactNode;
}

function useShare(name: string, usualShare: number) {
  const kept = remembered(`${name}.share`);
  const [share, setShare] = useState(() => shareFrom(kept.read(), usualShare));
  const move = (to: number) => {
    const closed = closedShare(to);
    setShare(closed);
    kept.write(String(closed));
  };
  return [share, move] as const;
}

export function Splitter({ name, label, arrangement, usualShare, first, second }: SplitterProps) {
  const [share, move] = useShare(`${name}.${arrangement}`, usualShare);
  const frame = useRef<HTMLDivElement>(null);
  const drag = useDrag(frame, arrangement, move);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = stepShare(event.key, share, usualShare, arrangement);
    if (next === null) return;
    event.preventDefault();
    move(next);
  };
  return (
    <div className="machine-split" ref={frame} data-arrangement={arrangement}>
      <div className="machine-split-part" style={{ flexGrow: share }} hidden={share === 0}>
        {first}
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: a rule that can be moved is no <hr> */}
      <div
        className="machine-split-bar"
        role="separator"
        tabIndex={0}
        aria-label={label}
        aria-orientation={arrangement === 'beside' ? 'vertical' : 'horizontal'}
        aria-valuenow={Math.round(share * 100)}
        aria-valuemin={0}
        aria-valuemax={100}
        title={`${label}: drag, or use the arrow keys; double click for the usual place`}
        onKeyDown={onKeyDown}
        onDoubleClick={() => move(usualShare)}
        {...drag}
      />
      <div className="machine-split-part" style={{ flexGrow: 1 - share }} hidden={share === 1}>
        {second}
      </div>
    </div>
  );
}

function useDrag(
  frame: { readonly current: HTMLDivElement | null },
  arrangement: Arrangement,
  move: (share: number) => void,
) {
  const onPointerMove = useCallback(
    (event: PointerEvent) => {
      if (!event.currentTarget.hasPointerCapture(event.pointerId) || frame.current === null) return;
      const { left, top, width, height } = frame.current.getBoundingClientRect();
      move(arrangement === 'beside' ? (event.clientX - left) / width : (event.clientY - top) / height);
    },
    [frame, arrangement, move],
  );
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  return { onPointerDown, onPointerMove };
}
