/** A button that is only a picture: its words are said to screen readers and shown under the pointer. */

import type { ReactNode } from 'react';

interface SquareButtonProps {
  readonly label: string;
  readonly onPress: () => void;
  /** Left out for buttons that are not switches. */
  readonly pressed?: boolean;
  readonly children: ReactNode;
}

export function SquareButton({ label, onPress, pressed, children }: SquareButtonProps) {
  return (
    <button
      type="button"
      className="button-quiet button-square"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={onPress}
    >
      {children}
    </button>
  );
}
