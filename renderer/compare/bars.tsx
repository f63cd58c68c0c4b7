/**
 * Bars of our own, as SVG: two sides to one scale, whole or in pieces.  The numbers stand beside them as text, so nobody
 * needs to measure with the eye, or to have one.
 */

import type { ComparisonRow } from '../../core/protocol/comparison-rows.ts';
import { changeWords, numberWords } from '../../core/protocol/comparison-rows.ts';

export interface Piece {
  readonly label: string;
  readonly paint: string;
  readonly off: number;
  readonly on: number;
}

const SIDES = ['off', 'on'] as const;
const WIDTH = 100;
const HEIGHT = 10;

/** One row of the table as two bars. */
export function SideBars({ row }: { row: ComparisonRow }) {
  const most = Math.max(row.off, row.on);
  return (
    <figure className="bars">
      <figcaption>
        <span title={row.meaning}>{row.label}</span>
        <span className="bars-change">{changeWords(row)}</span>
      </figcaption>
      {SIDES.map((side) => (
        <div className="bars-line" key={side}>
          <span className="bars-side">{side}</span>
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
            <rect className={`bar-${side}`} width={most === 0 ? 0 : (row[side] / most) * WIDTH} height={HEIGHT} />
          </svg>
          <span className="bars-value">{numberWords(row[side], row.digits)}</span>
        </div>
      ))}
    </figure>
  );
}

interface PieceBarsProps {
  readonly title: string;
  readonly hint: string;
  readonly pieces: readonly Piece[];
}

/** Two bars made of pieces, and a legend with their numbers. */
export function PieceBars({ title, hint, pieces }: PieceBarsProps) {
  const total = (side: 'off' | 'on') => pieces.reduce((sum, piece) => sum + piece[side], 0);
  const most = Math.max(total('off'), total('on'));
  return (
    <figure className="bars bars-pieces">
      <figcaption>
        <span title={hint}>{title}</span>
      </figcaption>
      {SIDES.map((side) => (
        <div className="bars-line" key={side}>
          <span className="bars-side">{side}</span>
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true" focusable="false">
            {placedPieces(pieces, side, most).map(({ piece, x, width }) => (
              <rect key={piece.label} x={x} width={width} height={HEIGHT} fill={piece.paint}>
                <title>{piece.label}</title>
              </rect>
            ))}
          </svg>
          <span className="bars-value">{numberWords(total(side), 0)}</span>
        </div>
      ))}
      <Legend pieces={pieces} />
    </figure>
  );
}

function Legend({ pieces }: Pick<PieceBarsProps, 'pieces'>) {
  return (
    <ul className="bars-legend">
      {pieces.map(({ label, paint, off, on }) => (
        <li key={label}>
          <svg viewBox="0 0 10 10" width="10" height="10" aria-hidden="true" focusable="false">
            <rect width="10" height="10" rx="2" fill={paint} />
          </svg>
          <span>{label}</span>
          <span className="quiet">
            {numberWords(off, 0)} → {numberWords(on, 0)}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Where each piece of a side lies, in hundredths of the longer side. Nothing has no place. */
export function placedPieces(pieces: readonly Piece[], side: 'off' | 'on', most: number) {
  let x = 0;
  return pieces.flatMap((piece) => {
    const width = most === 0 ? 0 : (piece[side] / most) * WIDTH;
    const placed = { piece, x, width };
    x += width;
    return width === 0 ? [] : [placed];
  });
}
