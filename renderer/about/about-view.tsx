/** What this is, where it keeps things, and what to say in a report. */

import { copyText } from '../machine/clipboard.ts';
import { Icon, Mark } from '../shell/icons.tsx';
import { useAbout, useSay } from '../store.ts';

export function AboutView() {
  const about = useAbout();
  const say = useSay();
  if (!about) return <p className="page empty-line">Asking…</p>;
  const lines = [
    { label: 'Version', text: about.version },
    { label: 'Shown', text: about.front === 'desktop' ? 'in its own window' : 'in a browser' },
    { label: 'Platform', text: about.platform },
    { label: 'Data folder', text: about.dataFolder },
  ];
  const copy = async () => {
    const copied = await copyText(lines.map(({ label, text }) => `${label}: ${text}\n`).join(''));
    if (copied) say('fine', 'Copied: paste it into your report.');
    else say('error', 'The browser refused the clipboard. Select the lines and copy them with the keyboard.');
  };
  return (
    <div className="page about">
      <header className="about-head">
        <Mark />
        <div>
          <h1>Astride</h1>
          <p className="quiet">A workstation for lguest virtual machines, on an x86 processor of its own.</p>
        </div>
      </header>
      <section className="panel">
        <dl className="facts-list">
          {lines.map(({ label, text }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{text}</dd>
            </div>
          ))}
        </dl>
        <button type="button" className="button" onClick={copy}>
          <Icon name="copy" />
          Copy for a report
        </button>
      </section>
      <p>
        lguest was the smallest hypervisor Linux ever had. Its guests ran in ring 1 and asked politely; a page of
        assembly called the Switcher, astride both worlds, did the crossing. Astride lets those guests run again, counts
        every crossing, and measures the idea that was never built: a walker in the Switcher that hands a page fault
        straight back to the guest.
      </p>
      <p className="quiet">Free software under the MIT licence. Nothing is sent anywhere.</p>
    </div>
  );
}
