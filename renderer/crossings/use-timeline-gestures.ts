/** What wheel, mouse, finger and keys do to the timeline. */

import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef } from 'react';
import { type CrossingsSession, look, select } from './crossings-session.ts';
import { lengthOf, pan, zoom } from './span.ts';
import { crossingAt, type Geometry, unitAt, unitsPerPixel } from './timeline-geometry.ts';
import { indexOfNumber, spanAround } from './timeline-layout.ts';

/** Farther than this and it was no click. */
const CLICK_PIXELS = 4;
const ZOOM_STEP = 1.5;

export interface Gestures {
  readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerUp: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerLeave: () => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
}

interface Hand {
  readonly session: CrossingsSession;
  readonly geometry: Geometry;
  /** Index or null, and where. */
  readonly onHover: (index: number | null) => void;
  readonly onOpen: (number: number) => void;
}

export function useTimelineGestures(place: RefObject<HTMLElement | null>, hand: Hand): Gestures {
  const { session, geometry, onHover, onOpen } = hand;
  const held = useRef<{ x: number; moved: boolean } | null>(null);
  useWheel(place, session, geometry);
  const under = (event: PointerEvent<HTMLElement>) => {
    const { layout, span } = session.store.getState();
    const { left, top } = event.currentTarget.getBoundingClientRect();
    return crossingAt(layout, span, geometry, event.clientX - left, event.clientY - top);
  };
  return {
    onPointerDown: (event) => {
      if (event.button !== 0) return;
      held.current = { x: event.clientX, moved: false };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: (event) => {
      const grip = held.current;
      if (!grip) return onHover(under(event));
      const by = event.clientX - grip.x;
      if (!grip.moved && Math.abs(by) < CLICK_PIXELS) return;
      const { span, layout } = session.store.getState();
      look(session, pan(span, -by * unitsPerPixel(span, geometry), layout.limits));
      held.current = { x: event.clientX, moved: true };
    },
    onPointerUp: (event) => {
      const clicked = held.current && !held.current.moved;
      held.current = null;
      const index = clicked ? under(event) : null;
      if (index !== null) onOpen(session.store.getState().layout.crossings[index].number);
    },
    onPointerLeave: () => onHover(null),
    onKeyDown: (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (pressKey(session, event.key, onOpen)) event.preventDefault();
    },
  };
}

/** React listens to the wheel passively; a page that scrolls away under a zooming hand is no good. */
function useWheel(place: RefObject<HTMLElement | null>, session: CrossingsSession, geometry: Geometry): void {
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const { span, layout } = session.store.getState();
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
        look(session, pan(span, sideways * unitsPerPixel(span, geometry), layout.limits));
        return;
      }
      const about = unitAt(event.clientX - element.getBoundingClientRect().left, span, geometry);
      // A notch of a wheel is 100 or 120, a touchpad's step 1 to 10: both should feel alike.
      look(session, zoom(span, about, 1.0018 ** Math.max(-400, Math.min(400, event.deltaY)), layout.limits));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, [place, session, geometry]);
}

/** Answers whether the key meant anything. */
function pressKey(session: CrossingsSession, key: string, onOpen: (number: number) => void): boolean {
  const { span, layout, selected } = session.store.getState();
  const { limits } = layout;
  const step = lengthOf(span) / 8;
  const middle = (span.from + span.to) / 2;
  const moves: Record<string, () => void> = {
    ArrowLeft: () => look(session, pan(span, -step, limits)),
    ArrowRight: () => look(session, pan(span, step, limits)),
    PageUp: () => look(session, pan(span, -lengthOf(span), limits)),
    PageDown: () => look(session, pan(span, lengthOf(span), limits)),
    Home: () => look(session, pan(span, -lengthOf(limits.whole), limits)),
    End: () => look(session, pan(span, lengthOf(limits.whole), limits)),
    '+': () => look(session, zoom(span, middle, 1 / ZOOM_STEP, limits)),
    '=': () => look(session, zoom(span, middle, 1 / ZOOM_STEP, limits)),
    '-': () => look(session, zoom(span, middle, ZOOM_STEP, limits)),
    '0': () => look(session, limits.whole),
    ',': () => stepSelection(session, -1),
    '.': () => stepSelection(session, 1),
    Enter: () => selected !== null && onOpen(selected),
  };
  if (!Object.hasOwn(moves, key)) return false;
  moves[key]();
  return true;
}

/** The neighbour of the chosen crossing; without one, the first that is on the axis. */
function stepSelection(session: CrossingsSession, by: number): void {
  const { layout, selected, span } = session.store.getState();
  const here = selected === null ? -1 : indexOfNumber(layout.crossings, selected);
  const first = layout.starts.findIndex((start) => start >= span.from);
  const next = layout.crossings[here < 0 ? Math.max(0, first) : here + by];
  if (next) select(session, next.number);
}

/** Zooms to so many crossings around the middle of what is seen: what a double click does. */
export function lookCloser(session: CrossingsSession, index: number): void {
  const { layout } = session.store.getState();
  look(session, spanAround(layout, index - 5, index + 6));
}
