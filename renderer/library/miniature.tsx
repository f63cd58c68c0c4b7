/**
 * A console seen from across the room.  It asks for the end of what was printed once a second, and only while it is in
 * sight: it opens no stream, so it holds up no guest and never gets in the way of the real console.
 */

import { useEffect, useRef, useState } from 'react';
import type { MachineView } from '../../core/protocol/machines.ts';
import { useConnection } from '../store.ts';
import { type ScreenSize, screenAfter } from './terminal-screen.ts';

const SCREEN: ScreenSize = { columns: 80, rows: 25 };
/** Where there is room for a corner only: the last lines with anything in them, as far as they go. */
const END: ScreenSize = { columns: 34, rows: 10 };
const LOOK_EVERY_MS = 1000;
/** A character cell of the miniature, in CSS pixels before it is scaled to its place. */
const CELL = { width: 4, height: 7.2 };
const MARGIN = 6;

interface MiniatureProps {
  readonly machine: MachineView;
  readonly shows: 'whole' | 'end';
}

export function Miniature({ machine, shows }: MiniatureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const lines = useGlimpse(machine, canvas);
  useEffect(() => {
    if (canvas.current)
      drawScreen(canvas.current, shows === 'whole' ? lines : endOf(lines), shows === 'whole' ? SCREEN : END);
  }, [lines, shows]);
  return (
    <span className="miniature" aria-hidden="true">
      <canvas ref={canvas} />
    </span>
  );
}

// @journey glass/miniature  Watching a guest without being in its way
//
// The console view opens a stream: the guest may be asked to wait until the window has drawn what it printed.  Whoever only
// glances must not be part of that bargain.  So the miniature asks, once a second and while it can be seen, how the
// console ends just now; no stream is opened, nothing is owed, and a list of fifty machines holds up none of them.
/** The console's last screen, kept fresh while the machine runs and the miniature can be seen. */
function useGlimpse(machine: MachineView, place: { readonly current: Element | null }): readonly string[] {
  const connection = useConnection();
  const [lines, setLines] = useState<readonly string[]>([]);
  const { id } = machine;
  // A paused guest prints nothing; a change of state is one more look in any case.
  const { is } = machine.state;
  const broken = machine.damaged !== null;
  useEffect(() => {
    if (broken) return;
    let [inSight, seen, over] = [false, '', false];
    const look = async () => {
      if (!inSight || document.visibilityState === 'hidden' || !connection.alive) return;
      // A machine that was just deleted has no console; the list will say so in a moment.
      const glimpse = await connection.ask('console.glimpse', { id }).catch(() => null);
      if (over || !glimpse) return;
      const end = `${glimpse.run} ${glimpse.at + glimpse.bytes.length}`;
      if (end === seen) return;
      seen = end;
      setLines(screenAfter(glimpse.bytes, SCREEN));
    };
    const watch = new IntersectionObserver((entries) => {
      inSight = entries.some((entry) => entry.isIntersecting);
      void look();
    });
    if (place.current) watch.observe(place.current);
    const clock = is === 'running' || is === 'starting' ? setInterval(look, LOOK_EVERY_MS) : undefined;
    return () => {
      over = true;
      watch.disconnect();
      clearInterval(clock);
    };
  }, [connection, id, is, broken, place]);
  return lines;
}
// @end

function endOf(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => line !== '');
  return lines.slice(Math.max(0, last + 1 - END.rows), last + 1);
}

function drawScreen(canvas: HTMLCanvasElement, lines: readonly string[], size: ScreenSize): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const sharpness = window.devicePixelRatio || 1;
  const [width, height] = [size.columns * CELL.width + 2 * MARGIN, size.rows * CELL.height + 2 * MARGIN];
  canvas.width = width * sharpness;
  canvas.height = height * sharpness;
  const style = getComputedStyle(canvas);
  context.scale(sharpness, sharpness);
  context.fillStyle = style.color;
  context.font = `${CELL.height * 0.92}px ${style.fontFamily}`;
  context.textBaseline = 'top';
  lines.forEach((line, row) => {
    context.fillText(line.slice(0, size.columns), MARGIN, MARGIN + row * CELL.height, width - 2 * MARGIN);
  });
}
