/** Questions to the person, one at a time, as promises: sure? and what text? Closing the dialog means no. */

import { createContext, type FormEvent, type ReactNode, useContext, useId, useMemo, useState } from 'react';
import { Dialog } from './dialog.tsx';

export interface Confirmation {
  readonly title: string;
  readonly sentences: readonly string[];
  readonly yes: string;
  /** What is lost cannot be had back: the button is red and the focus starts at "Cancel". */
  readonly danger?: boolean;
}

export interface TextQuestion {
  readonly title: string;
  readonly label: string;
  readonly value: string;
  readonly yes: string;
  readonly hint?: string;
  readonly monospaced?: boolean;
}

export interface Questions {
  confirm(question: Confirmation): Promise<boolean>;
  /** What was typed, trimmed; null if they changed their mind. */
  text(question: TextQuestion): Promise<string | null>;
}

type Open =
  | { readonly kind: 'confirm'; readonly question: Confirmation; readonly answer: (yes: boolean) => void }
  | { readonly kind: 'text'; readonly question: TextQuestion; readonly answer: (text: string | null) => void };

const QuestionsContext = createContext<Questions | null>(null);

export function useQuestions(): Questions {
  const questions = useContext(QuestionsContext);
  if (!questions) throw new Error('a question was asked outside <QuestionsProvider>');
  return questions;
}

export function QuestionsProvider({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState<Open | null>(null);
  const questions = useMemo<Questions>(
    () => ({
      confirm: (question) => new Promise((answer) => setOpen({ kind: 'confirm', question, answer })),
      text: (question) => new Promise((answer) => setOpen({ kind: 'text', question, answer })),
    }),
    [],
  );
  const done = () => setOpen(null);
  return (
    <QuestionsContext value={questions}>
      {children}
      {open?.kind === 'confirm' && <ConfirmDialog {...open} done={done} />}
      {open?.kind === 'text' && <TextDialog {...open} done={done} />}
    </QuestionsContext>
  );
}

function ConfirmDialog({ question, answer, done }: Extract<Open, { kind: 'confirm' }> & { done: () => void }) {
  const close = (yes: boolean) => {
    answer(yes);
    done();
  };
  const danger = question.danger === true;
  return (
    <Dialog title={question.title} onClose={() => close(false)}>
      <div className="dialog-body">
        {question.sentences.map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
      </div>
      <footer className="dialog-foot">
        <button type="button" className="button" data-focus={danger || undefined} onClick={() => close(false)}>
          Cancel
        </button>
        <button
          type="button"
          className={danger ? 'button button-danger' : 'button button-primary'}
          data-focus={!danger || undefined}
          onClick={() => close(true)}
        >
          {question.yes}
        </button>
      </footer>
    </Dialog>
  );
}

function TextDialog({ question, answer, done }: Extract<Open, { kind: 'text' }> & { done: () => void }) {
  const [text, setText] = useState(question.value);
  const field = useId();
  const close = (value: string | null) => {
    answer(value);
    done();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') close(text.trim());
  };
  return (
    <Dialog title={question.title} onClose={() => close(null)}>
      <form onSubmit={submit}>
        <div className="dialog-body field">
          <label htmlFor={field}>{question.label}</label>
          <input
            id={field}
            className={question.monospaced ? 'input mono' : 'input'}
            value={text}
            spellCheck={false}
            autoComplete="off"
            onFocus={(event) => event.target.select()}
            onChange={(event) => setText(event.target.value)}
          />
          {question.hint && <p className="hint">{question.hint}</p>}
        </div>
        <footer className="dialog-foot">
          <button type="button" className="button" onClick={() => close(null)}>
            Cancel
          </button>
          <button type="submit" className="button button-primary" disabled={text.trim() === ''}>
            {question.yes}
          </button>
        </footer>
      </form>
    </Dialog>
  );
}
