/** What a person prefers. Every change is kept at once; there is nothing to save. */

import { useEffect, useState } from 'react';
import type { InferOutput } from 'valibot';
import { defaultPreferences, type Preferences, preferences as shape } from '../../core/protocol/preferences.ts';
import { Field, FieldGroup } from '../library/form/field.tsx';
import { useAbout, useAsk, usePreferences } from '../store.ts';

interface Props {
  readonly preferences: Preferences;
  readonly prefer: (part: Partial<Preferences>) => void;
}

export function PreferencesView() {
  const { preferences, prefer } = useWishes();
  return (
    <div className="page">
      <header className="page-head">
        <h1>Preferences</h1>
        <button type="button" className="button" onClick={() => prefer(defaultPreferences)}>
          Restore defaults
        </button>
      </header>
      <section className="panel form" aria-label="Look">
        <ThemeField preferences={preferences} prefer={prefer} />
      </section>
      <section className="panel form" aria-label="Console">
        <NumberField label="Text size" unit="pixels" name="consoleFontSize" preferences={preferences} prefer={prefer} />
        <NumberField
          label="Scrollback"
          unit="lines"
          hint="How much of a console can be scrolled back to. The log of a machine has all of it."
          name="scrollbackLines"
          preferences={preferences}
          prefer={prefer}
        />
      </section>
      <section className="panel form" aria-label="Running">
        <NumberField
          label="Counters"
          unit="times a second"
          hint="How often charts and tables are refreshed."
          name="samplesPerSecond"
          preferences={preferences}
          prefer={prefer}
        />
        <CloseField preferences={preferences} prefer={prefer} />
      </section>
    </div>
  );
}

/** A wish shows at once; main's word replaces it, and so does a refusal. */
function useWishes(): Props {
  const kept = usePreferences();
  const ask = useAsk();
  const [wish, setWish] = useState<Preferences | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is new preferences that end a wish
  useEffect(() => setWish(null), [kept]);
  const preferences = wish ?? kept;
  const prefer = async (part: Partial<Preferences>) => {
    const next = { ...preferences, ...part };
    setWish(next);
    if ((await ask('app.prefer', next)) === undefined) setWish(null);
  };
  return { preferences, prefer: (part) => void prefer(part) };
}

const themes: readonly { readonly theme: InferOutput<typeof shape.entries.theme>; readonly label: string }[] = [
  { theme: 'system', label: 'As the system' },
  { theme: 'light', label: 'Light' },
  { theme: 'dark', label: 'Dark' },
];

function ThemeField({ preferences, prefer }: Props) {
  return (
    <FieldGroup label="Theme">
      <div className="segments">
        {themes.map(({ theme, label }) => (
          <label key={theme}>
            <input type="radio" name="theme" checked={preferences.theme === theme} onChange={() => prefer({ theme })} />
            {label}
          </label>
        ))}
      </div>
    </FieldGroup>
  );
}

interface NumberProps extends Props {
  readonly name: 'consoleFontSize' | 'scrollbackLines' | 'samplesPerSecond';
  readonly label: string;
  readonly unit: string;
  readonly hint?: string;
}

/** A number out of bounds is not sent: the field shows what is kept as soon as it loses the focus. */
function NumberField({ name, label, unit, hint = '', preferences, prefer }: NumberProps) {
  const [, , { requirement: least }, { requirement: most }] = shape.entries[name].pipe;
  const keep = (value: number) => {
    if (Number.isInteger(value) && value >= least && value <= most && value !== preferences[name])
      prefer({ [name]: value });
  };
  return (
    <Field label={label} hint={`${hint} From ${least} to ${most}.`.trim()}>
      {(links) => (
        <div className="with-unit">
          <input
            {...links}
            // A new number from main is a new field: what was typed in the old one is over.
            key={preferences[name]}
            type="number"
            className="input input-number"
            min={least}
            max={most}
            defaultValue={preferences[name]}
            onBlur={(event) => {
              keep(event.target.valueAsNumber);
              event.target.value = String(preferences[name]);
            }}
            onKeyDown={(event) => event.key === 'Enter' && keep(event.currentTarget.valueAsNumber)}
          />
          <span className="quiet">{unit}</span>
        </div>
      )}
    </Field>
  );
}

function CloseField({ preferences, prefer }: Props) {
  const desktop = useAbout()?.front === 'desktop';
  if (!desktop) return null;
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={preferences.confirmClose}
        onChange={(event) => prefer({ confirmClose: event.target.checked })}
      />
      <span>
        Ask before closing while machines are on
        <span className="hint">Closing the window ends Astride, and with it every guest.</span>
      </span>
    </label>
  );
}
