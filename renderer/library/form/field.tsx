/** One setting in a form: a label, its control, a hint, what stands in the way, and when it takes effect. */

import { type ReactNode, useId } from 'react';

/** What a control needs so that label, hint and objection are read out with it. */
export interface FieldLinks {
  readonly id: string;
  readonly 'aria-describedby': string;
  readonly 'aria-invalid': boolean;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly objection?: string | undefined;
  /** It was changed while the machine is on, and will be noticed at the next start. */
  readonly waits?: boolean | undefined;
  readonly children: (links: FieldLinks) => ReactNode;
}

export function Field({ label, hint, objection, waits, children }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <div className="field-head">
        <label htmlFor={id}>{label}</label>
        {waits && <span className="mark-restart">needs a restart</span>}
      </div>
      {children({ id, 'aria-describedby': `${id}-about`, 'aria-invalid': objection !== undefined })}
      <FieldNotes id={id} hint={hint} objection={objection} />
    </div>
  );
}

interface GroupProps extends Omit<FieldProps, 'children'> {
  readonly children: ReactNode;
}

/** For several controls under one name. */
export function FieldGroup({ label, hint, objection, waits, children }: GroupProps) {
  const id = useId();
  return (
    <fieldset className="field" aria-describedby={`${id}-about`}>
      <legend className="field-head">
        {label}
        {waits && <span className="mark-restart">needs a restart</span>}
      </legend>
      {children}
      <FieldNotes id={id} hint={hint} objection={objection} />
    </fieldset>
  );
}

interface NotesProps {
  readonly id: string;
  readonly hint?: string | undefined;
  readonly objection?: string | undefined;
}

function FieldNotes({ id, hint, objection }: NotesProps) {
  return (
    <div id={`${id}-about`}>
      {objection && <p className="objection">{objection}</p>}
      {hint && <p className="hint">{hint}</p>}
    </div>
  );
}
