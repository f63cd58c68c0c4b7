/**
 * A window in the window.  The browser's own <dialog> keeps the focus inside, makes the rest inert, closes on Escape and
 * gives the focus back to where it was.
 */

import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { Icon } from './icons.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly size?: 'small' | 'large';
  readonly children: ReactNode;
}

export function Dialog({ title, onClose, size = 'small', children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    firstStop(dialog)?.focus();
    return () => dialog?.close();
  }, []);
  // The event comes late: by then React's rehearsal of effects in development may have opened it again.
  const closed = () => {
    if (element.current?.open === false) onClose();
  };
  return (
    <dialog ref={element} className={`dialog dialog-${size}`} aria-labelledby={heading} onClose={closed}>
      <header className="dialog-head">
        <h2 id={heading}>{title}</h2>
        <button type="button" className="button-quiet button-square" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}

/** Where the focus begins: where the dialog wishes it, else at the first control of its body, and not at "Close". */
function firstStop(dialog: HTMLElement | null): HTMLElement | null {
  const wished = dialog?.querySelector<HTMLElement>('[data-focus]');
  return (
    wished ?? dialog?.querySelector<HTMLElement>(':is(.dialog-head ~ *) :is(input, select, textarea, button)') ?? null
  );
}
