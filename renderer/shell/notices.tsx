/** What the window says by itself: sentences in the corner, changes spoken to screen readers, and that main is gone. */

import { useEffect, useRef, useState } from 'react';
import { spokenChanges } from '../library/state-words.ts';
import { useDismiss, useLost, useMachines, useToasts } from '../store.ts';
import { Icon } from './icons.tsx';
import type { Toast } from './workstation-state.ts';

/** Good news goes by itself; trouble stays until it was read. */
const FINE_STAYS_MS = 6000;

export function Toasts() {
  const toasts = useToasts();
  return (
    <section className="toasts" aria-label="Messages" aria-live="assertive">
      {toasts.map((toast) => (
        <ToastLine key={toast.number} toast={toast} />
      ))}
    </section>
  );
}

function ToastLine({ toast }: { toast: Toast }) {
  const dismiss = useDismiss();
  const { number, level } = toast;
  useEffect(() => {
    if (level !== 'fine') return;
    const clock = setTimeout(() => dismiss(number), FINE_STAYS_MS);
    return () => clearTimeout(clock);
  }, [dismiss, number, level]);
  return (
    <div className="toast" data-level={level}>
      <Icon name={level === 'fine' ? 'check' : 'warning'} />
      <p>{toast.sentence}</p>
      <button
        type="button"
        className="button-quiet button-square"
        aria-label="Dismiss"
        onClick={() => dismiss(toast.number)}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

/** Says what became of machines to who cannot see the dots. */
export function Announcer() {
  const machines = useMachines();
  const before = useRef(machines);
  const [spoken, setSpoken] = useState('');
  useEffect(() => {
    const changes = spokenChanges(before.current, machines);
    before.current = machines;
    if (changes.length > 0) setSpoken(changes.join(' '));
  }, [machines]);
  return (
    <p className="spoken" role="status" aria-live="polite">
      {spoken}
    </p>
  );
}

export function LostBanner() {
  const lost = useLost();
  if (!lost) return null;
  return (
    <div className="lost" role="alert">
      <Icon name="warning" />
      <p>
        Astride has ended or cannot be reached, so what you see here is no longer true. Start it again, then reload this
        window.
      </p>
      <button type="button" className="button" onClick={() => window.location.reload()}>
        Reload
      </button>
    </div>
  );
}
