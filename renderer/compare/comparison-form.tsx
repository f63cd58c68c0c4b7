/** Asking for a comparison: what, doing what, with how much memory, and for how long at most. */

import { type FormEvent, useState } from 'react';
import type { ComparisonRequest } from '../../core/protocol/comparisons.ts';
import { engineNames } from '../../core/protocol/machines.ts';
import { Field } from '../library/form/field.tsx';
import { Icon } from '../shell/icons.tsx';
import { useMachines, useSamples } from '../store.ts';
import { type Choice, type ComparisonDraft, choicesOf, draftFor, type Objections, requestOf } from './draft.ts';

interface ComparisonFormProps {
  readonly draft: ComparisonDraft;
  readonly change: (draft: ComparisonDraft) => void;
  readonly onStart: (request: ComparisonRequest) => void;
}

export function ComparisonForm({ draft, change, onStart }: ComparisonFormProps) {
  const [tried, setTried] = useState(false);
  const choices = choicesOf(useSamples(), useMachines());
  const choice = choices.find(({ subject }) => subject === draft.subject);
  const request = requestOf(draft);
  const objections: Objections = 'objections' in request ? request.objections : {};
  const refused = choice === undefined ? 'Choose what to compare.' : choice.objection;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!('objections' in request) && refused === '') onStart(request);
  };
  return (
    <form className="form panel compare-form" aria-label="New comparison" onSubmit={submit}>
      <SubjectField
        choices={choices}
        draft={draft}
        change={change}
        objection={refused !== '' && (tried || choice !== undefined) ? refused : undefined}
      />
      <WorkloadField choice={choice} draft={draft} change={change} objection={objections.workload} />
      <LimitFields draft={draft} change={change} objections={objections} />
      <div className="page-tools">
        <button type="submit" className="button button-primary" disabled={tried && refused !== ''}>
          <Icon name="compare" />
          Compare off with on
        </button>
      </div>
    </form>
  );
}

type FieldProps = Pick<ComparisonFormProps, 'draft' | 'change'> & { readonly objection: string | undefined };

function SubjectField({ choices, draft, change, objection }: FieldProps & { choices: readonly Choice[] }) {
  const choose = (subject: string) => {
    const choice = choices.find((one) => one.subject === subject);
    if (choice) change(draftFor(choice));
  };
  const options = (kind: string) =>
    choices
      .filter(({ subject }) => subject.startsWith(kind))
      .map(({ subject, label }) => (
        <option key={subject} value={subject}>
          {label}
        </option>
      ));
  const known = choices.some(({ subject }) => subject === draft.subject);
  return (
    <Field
      label="Guest"
      hint="Both runs get a fixed date and a fixed seed. What the guest writes to disks is forgotten."
      objection={objection}
    >
      {(links) => (
        <select
          {...links}
          className="input"
          value={known ? draft.subject : ''}
          onChange={(event) => choose(event.target.value)}
        >
          {!known && <option value="">…</option>}
          <optgroup label="Sample guests">{options('sample ')}</optgroup>
          <optgroup label="Machines">{options('machine ')}</optgroup>
        </select>
      )}
    </Field>
  );
}

function WorkloadField({ choice, draft, change, objection }: FieldProps & { choice: Choice | undefined }) {
  const { commandLine = '', workloads = [] } = choice ?? {};
  const hint =
    commandLine === '' ? 'Words for the kernel.' : `Added to what this machine's kernel is told anyway: ${commandLine}`;
  return (
    <div className="field">
      <Field label="Workload" hint={hint} objection={objection}>
        {(links) => (
          <input
            {...links}
            className="input mono"
            value={draft.workload}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => change({ ...draft, workload: event.target.value })}
          />
        )}
      </Field>
      {workloads.length > 0 && (
        <ul className="compare-workloads" aria-label="Workloads to choose from">
          {workloads.map(({ append, summary }) => (
            <li key={append}>
              <button
                type="button"
                className="workload"
                aria-pressed={draft.workload === append}
                onClick={() => change({ ...draft, workload: append })}
              >
                <span className="mono">{append}</span>
                <span className="hint">{summary}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

interface LimitFieldsProps extends Pick<ComparisonFormProps, 'draft' | 'change'> {
  readonly objections: Objections;
}

/** Only the time it takes depends on it. */
function EngineField({ draft, change }: Pick<ComparisonFormProps, 'draft' | 'change'>) {
  return (
    <Field label="Processor engine" hint="Of both sides; the counts are the same on either.">
      {(links) => (
        <select
          {...links}
          className="input select input-short"
          value={draft.engine ?? ''}
          onChange={({ target: { value } }) =>
            change({ ...draft, engine: engineNames.find((name) => name === value) ?? null })
          }
        >
          <option value="">as it is</option>
          <option value="translator">Translator</option>
          <option value="interpreter">Interpreter</option>
        </select>
      )}
    </Field>
  );
}

function LimitFields({ draft, change, objections }: LimitFieldsProps) {
  return (
    <div className="compare-limits">
      <Field label="Memory" hint="In MiB; empty for what the machine has." objection={objections.memoryMiB}>
        {(links) => (
          <input
            {...links}
            inputMode="numeric"
            className="input input-number"
            placeholder="as it is"
            value={draft.memoryMiB}
            onChange={(event) => change({ ...draft, memoryMiB: event.target.value })}
          />
        )}
      </Field>
      <Field
        label="Budget"
        hint="In millions of instructions for each side; empty for none. A guest that never ends needs one, or your Cancel."
        objection={objections.budgetMillions}
      >
        {(links) => (
          <input
            {...links}
            inputMode="decimal"
            className="input input-number"
            placeholder="none"
            value={draft.budgetMillions}
            onChange={(event) => change({ ...draft, budgetMillions: event.target.value })}
          />
        )}
      </Field>
      <EngineField draft={draft} change={change} />
    </div>
  );
}
