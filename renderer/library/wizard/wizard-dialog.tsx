/** A new machine in three steps: what it boots, what it is made of, and everything once more before it is made. */

import { type FormEvent, useState } from 'react';
import type { MachineSettings } from '../../../core/protocol/machines.ts';
import { Dialog } from '../../shell/dialog.tsx';
import { useGo } from '../../shell/use-place.ts';
import { useAsk } from '../../store.ts';
import { newSettings, objectionsTo } from '../draft.ts';
import type { SettingsProps } from '../form/setting-fields.tsx';
import { useKernelFacts } from '../form/use-kernel-facts.ts';
import { ImageStep } from './image-step.tsx';
import { MachineStep } from './machine-step.tsx';
import { objectionsOfStep, type StepName, stepNames, steps } from './steps.ts';
import { SummaryStep } from './summary-step.tsx';

export function WizardDialog({ onClose }: { onClose: () => void }) {
  const [settings, setSettings] = useState(newSettings);
  const [step, setStep] = useState<StepName>('image');
  /** Nothing is complained about before somebody tried to go on. */
  const [tried, setTried] = useState(false);
  const facts = useKernelFacts(settings.image);
  const create = useCreate(settings, onClose);
  const go = (to: StepName) => {
    setTried(false);
    setStep(to);
  };
  const onward = (event: FormEvent) => {
    event.preventDefault();
    if (Object.keys(objectionsOfStep(step, settings)).length > 0) return setTried(true);
    const next = stepNames[stepNames.indexOf(step) + 1];
    if (next) go(next);
    else void create(true);
  };
  const props: SettingsProps = {
    settings,
    change: (part) => setSettings((before) => ({ ...before, ...part })),
    objections: tried ? objectionsTo(settings) : {},
    waiting: new Set(),
  };
  return (
    <Dialog title="New machine" size="large" onClose={onClose}>
      <form className="wizard" onSubmit={onward} noValidate>
        <StepLine step={step} />
        <div className="dialog-body wizard-body" key={step}>
          {step === 'image' && <ImageStep {...props} facts={facts} />}
          {step === 'machine' && <MachineStep {...props} />}
          {step === 'summary' && <SummaryStep settings={settings} facts={facts} />}
        </div>
        <WizardFoot step={step} go={go} create={() => void create(false)} />
      </form>
    </Dialog>
  );
}

function useCreate(settings: MachineSettings, onClose: () => void): (start: boolean) => Promise<void> {
  const ask = useAsk();
  const go = useGo();
  return async (start) => {
    const machine = await ask('library.create', { settings });
    if (!machine) return;
    onClose();
    go({ view: 'machine', id: machine.id, tab: 'console' });
    if (start) await ask('machine.start', { id: machine.id });
  };
}

function StepLine({ step }: { step: StepName }) {
  return (
    <ol className="steps" aria-label="Steps">
      {steps.map(({ name, label }) => (
        <li key={name} aria-current={name === step ? 'step' : undefined}>
          {label}
        </li>
      ))}
    </ol>
  );
}

interface WizardFootProps {
  readonly step: StepName;
  readonly go: (step: StepName) => void;
  readonly create: () => void;
}

function WizardFoot({ step, go, create }: WizardFootProps) {
  const back = stepNames[stepNames.indexOf(step) - 1];
  const last = step === 'summary';
  return (
    <footer className="dialog-foot">
      {back && (
        <button type="button" className="button foot-left" onClick={() => go(back)}>
          Back
        </button>
      )}
      {last && (
        <button type="button" className="button" onClick={create}>
          Create
        </button>
      )}
      <button type="submit" className="button button-primary">
        {last ? 'Create and start' : 'Next'}
      </button>
    </footer>
  );
}
