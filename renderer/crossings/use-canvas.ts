/** A canvas as large as its place on screen, sharp on every screen, painted once per frame at most. */

import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The size of an element in CSS pixels, kept true. */
export function useSize(place: RefObject<HTMLElement | null>): Size {
  const [size, setSize] = useState<Size>({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [place]);
  return size;
}

/** Paints after every change of `paint`, which should be made anew only when something it shows did change. */
export function usePainting(
  canvas: RefObject<HTMLCanvasElement | null>,
  { width, height }: Size,
  paint: (context: CanvasRenderingContext2D) => void,
): void {
  const frame = useRef(0);
  useEffect(() => {
    const element = canvas.current;
    if (!element || width === 0 || height === 0) return;
    frame.current = requestAnimationFrame(() => {
      const ratio = window.devicePixelRatio || 1;
      resize(element, Math.round(width * ratio), Math.round(height * ratio));
      const context = element.getContext('2d');
      if (!context) return;
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      paint(context);
    });
    return () => cancelAnimationFrame(frame.current);
  }, [canvas, width, height, paint]);
}

/** Setting a size clears the canvas even if it is the same one. */
function resize(element: HTMLCanvasElement, width: number, height: number): void {
  if (element.width !== width) element.width = width;
  if (element.height !== height) element.height = height;
}
