/** What to boot: a sample guest or a kernel of one's own, with what is known of it at the right. */

import { useMachines, useSamples } from '../../store.ts';
import { freeName, nameFromPath, withSample } from '../draft.ts';
import { KernelFactsPanel } from '../form/kernel-facts.tsx';
import { PathInput } from '../form/path-input.tsx';
import type { SettingsProps } from '../form/setting-fields.tsx';
import type { FactsState } from '../form/use-kernel-facts.ts';
import { nameOf } from '../state-words.ts';

/** One group, so that arrows lead from the samples to a kernel of one's own. */
const GROUP = 'what to boot';

export function ImageStep({ facts, ...props }: SettingsProps & { readonly facts: FactsState }) {
  const { objections } = props;
  return (
    <div className="wizard-columns">
      <fieldset className="choices">
        <legend className="field-head">Sample guests</legend>
        <SampleChoices {...props} />
        <OwnKernel {...props} />
        {objections.image && <p className="objection">{objections.image}</p>}
      </fieldset>
      <KernelFactsPanel state={facts} />
    </div>
  );
}

function SampleChoices({ settings, change }: SettingsProps) {
  const samples = useSamples();
  const taken = useMachines().map(nameOf);
  const { image } = settings;
  return samples.map((sample) => (
    <label key={sample.name} className="choice">
      <input
        type="radio"
        name={GROUP}
        checked={image.kind === 'sample' && image.name === sample.name}
        onChange={() => change(withSample(settings, sample, taken))}
      />
      <span>
        <span className="choice-name">{sample.name}</span>
        <span className="hint">{sample.summary}</span>
      </span>
    </label>
  ));
}

function OwnKernel({ settings, change }: SettingsProps) {
  const taken = useMachines().map(nameOf);
  const { image } = settings;
  const own = image.kind === 'file';
  const choose = (path: string) =>
    change({
      image: { kind: 'file', path },
      name: path === '' ? '' : freeName(nameFromPath(path), taken),
      // What a sample is told means nothing to another kernel.
      ...(own ? {} : { commandLine: '', entropy: true }),
    });
  return (
    <>
      <label className="choice choice-apart">
        <input type="radio" name={GROUP} checked={own} onChange={() => choose('')} />
        <span>
          <span className="choice-name">A kernel of my own</span>
          <span className="hint">A bzImage or vmlinux for 32-bit x86 that was built as an lguest guest.</span>
        </span>
      </label>
      {own && <PathInput path={image.path} label="Path of the kernel" purpose="kernel" onPath={choose} />}
    </>
  );
}
