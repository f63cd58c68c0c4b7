/** What the page cannot do even if somebody got a script into it. */

import { expect } from 'vitest';
import type { Stage } from './stage.ts';

export function lockedPage({ step, page, expectProblem }: Stage): void {
  const inPage = (script: string): Promise<unknown> => page().evaluate(`(async () => { ${script} })()`);

  step('runs no script but the files it came with', async () => {
    expectProblem(/Content Security Policy|Content-Security-Policy/);
    const blocked = await inPage(`
      const blocked = [];
      document.addEventListener('securitypolicyviolation', (event) => blocked.push(event.effectiveDirective));
      const inline = document.createElement('script');
      inline.textContent = 'window.ran = "inline"';
      document.body.append(inline);
      const attribute = document.createElement('div');
      attribute.innerHTML = '<img src="data:," onerror="window.ran = \\'attribute\\'">';
      document.body.append(attribute);
      const remote = document.createElement('script');
      remote.src = 'data:text/javascript,window.ran="data"';
      document.body.append(remote);
      for (let tries = 0; tries < 100 && blocked.length < 3; tries++) await new Promise((resolve) => setTimeout(resolve, 50));
      return blocked.sort();
    `);
    expect(blocked).toEqual(['script-src-attr', 'script-src-elem', 'script-src-elem']);
    expect(await inPage('return window.ran')).toBeUndefined();
  });

  step('has nothing of Node or Electron', async () => {
    const names = ['require', 'module', 'process', 'Buffer', 'global', 'electron', 'ipcRenderer', '__dirname'];
    expect(await inPage(`return ${JSON.stringify(names)}.filter((name) => name in window)`)).toEqual([]);
  });

  step('is shown in no frame and reaches no other place', async () => {
    expectProblem(/Content Security Policy|Content-Security-Policy|Failed to load|ERR_/);
    expect(await inPage(`return fetch('https://example.org/').then(() => 'fetched', () => 'refused')`)).toBe('refused');
    expect(await inPage('return [crossOriginIsolated, isSecureContext]')).toEqual([true, true]);
  });
}
