/** Files that leave this computer: right numbers, and nothing in them that a guest could have smuggled in. */

import { describe, expect, test } from 'vitest';
import { comparisonRows } from '../../../core/protocol/comparison-rows.ts';
import type { ComparisonResult } from '../../../core/protocol/comparisons.ts';
import { csvCell, exportText } from '../../../main/comparisons/export-text.ts';
import { markup, markupText } from '../../../main/comparisons/markup.ts';
import { finished } from './fixture.ts';

const hostile = `</title><script>alert(1)</script>"'><img src=x onerror=alert(1)>&`;
const hostileResult: ComparisonResult = {
  ...finished,
  title: hostile,
  madeAt: hostile,
  verdict: hostile,
  off: { ...finished.off, end: `killed: ${hostile}`, cameToItsEnd: false },
  on: {
    ...finished.on,
    tallies: { ...finished.on.tallies, roundTrips: { [hostile]: 5 }, handedOn: { [hostile]: 2 } },
  },
};

/** Names of all elements of a page, and of attributes. */
function elementsOf(html: string) {
  const opened = [...html.matchAll(/<([a-z0-9]+)((?:\s+[a-z-]+="[^"]*")*)\s*\/?>/gi)];
  const attributes = opened.flatMap(([, , list]) => [...list.matchAll(/([a-z-]+)="/gi)].map(([, name]) => name));
  return { names: new Set(opened.map(([, name]) => name)), attributes: new Set(attributes), opened };
}

describe('the report', () => {
  test('has the numbers, the verdict and the words beside them', () => {
    const html = exportText('html', finished);
    for (const words of [finished.title, finished.verdict, '2026-01-02 03:04:05 UTC', 'identical']) {
      expect(html).toContain(words);
    }
    expect(html).toContain('<td>3,000</td><td>2,000</td><td>-33.3 %</td>');
    expect(html).toContain('aria-label="round trips per user page fault: off 2.000, on 1.000"');
    expect(html).toMatch(/are a model/);
    expect(html).not.toContain('class="cautions"');
  });

  test('draws bars to the scale of the larger side', () => {
    const widths = [...exportText('html', finished).matchAll(/<rect class="(off|on)"[^>]* width="([\d.]+)"/g)];
    expect(widths.slice(0, 4).map(([, side, width]) => [side, Number(width)])).toEqual([
      ['off', 560],
      ['on', 373.3],
      ['off', 560],
      ['on', 280],
    ]);
  });

  test('contains no script, fetches nothing, and says so to the browser', () => {
    const html = exportText('html', finished);
    const { names, attributes } = elementsOf(html);
    for (const name of ['script', 'link', 'img', 'iframe', 'object', 'form', 'a']) expect(names).not.toContain(name);
    for (const name of attributes) expect(name).not.toMatch(/^(on|src|href|style$)/);
    expect(html).toMatch(/default-src &#39;none&#39;/);
    expect(html.replace(/<style>.*<\/style>/s, '')).not.toMatch(/url\(|https?:/);
    expect(html).not.toMatch(/@import|url\(/);
  });

  test('shows a hostile name as text, wherever it comes from', () => {
    const [fine, harmed] = [exportText('html', finished), exportText('html', hostileResult)].map(elementsOf);
    for (const name of harmed.names) expect([...fine.names, 'ul', 'li']).toContain(name);
    expect([...harmed.attributes].sort()).toEqual([...fine.attributes].sort());
    const html = exportText('html', hostileResult);
    expect(html).not.toContain('<script');
    expect(html).not.toContain('<img');
    // Title and heading, date and its words, verdict, caution and end, and a row for each tally with its name.
    expect(html.split('&lt;script&gt;alert(1)').length - 1).toBeGreaterThanOrEqual(9);
  });

  test('says when its numbers are those of a part, and when the outputs differ', () => {
    const html = exportText('html', { ...hostileResult, identicalOutput: false });
    expect(html).toMatch(/<li>With the fast path off the guest did not come to its end \(killed: /);
    expect(html).toMatch(/<li>The two sides printed different things/);
    expect(html).not.toContain('<li>With the fast path on');
  });

  test('markup escapes text once, and markup never', () => {
    const inner = markup`<b title="${'"'}">${'a < b & c'}</b>`;
    expect(markupText(markup`<p>${inner}${[inner, inner]}${7}</p>`)).toBe(
      `<p>${'<b title="&quot;">a &lt; b &amp; c</b>'.repeat(3)}7</p>`,
    );
  });
});

describe('CSV', () => {
  const lines = exportText('csv', finished).split('\r\n');

  test('has a line for each row, parts under the name of their whole', () => {
    expect(lines[0]).toBe('row,part,off,on,on / off');
    expect(lines).toContain('user page faults,reflected by the host,1000,0,0');
    expect(lines).toContain('user page faults,reflected by the Switcher,0,1000,');
    expect(lines).toContain('round trips,,3000,2000,0.6666666666666666');
    expect(lines).toContain('console output,,,identical,');
    expect(lines.at(-1)).toBe('');
    expect(lines.length).toBe(comparisonRows(finished.off, finished.on).length + 3);
  });

  test.each([
    ['plain', 'plain'],
    ['a,b', '"a,b"'],
    ['say "hi"\n', '"say ""hi""\n"'],
    ['=1+1', "'=1+1"],
    ['@SUM(A1), too', `"'@SUM(A1), too"`],
    [-5, '-5'],
  ])('%j is written as %j', (value, cell) => expect(csvCell(value)).toBe(cell));
});

test('JSON is everything there is', () => {
  expect(JSON.parse(exportText('json', finished))).toEqual(finished);
});
