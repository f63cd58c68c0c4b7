/**
 * A comparison as one page that can be sent to somebody: no script, nothing fetched, its style and its bars inside, light
 * or dark as its reader prefers, and fit for paper.  It opens in any browser and needs no Astride.
 */

import { type ComparisonRow, changeWords, comparisonRows, numberWords } from '../../core/protocol/comparison-rows.ts';
import { cautions, modelWords, wallClockWords } from '../../core/protocol/comparison-words.ts';
import type { ComparisonResult } from '../../core/protocol/comparisons.ts';
import { reportStyle } from './html-report-style.ts';
import { type Markup, markup, markupText, nothing } from './markup.ts';

/** The rows that also get bars: what the question is about. */
const PICTURED = [
  'round trips per user page fault',
  'round trips',
  'modelled cycles (a model)',
  'wall clock, as a ratio',
];

/** The policy is for readers who save it where scripts might be added. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

export function htmlReport(result: ComparisonResult): string {
  const rows = comparisonRows(result.off, result.on);
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${result.title}: fast path off and on</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
${heading(result)}
${warnings(result)}
<section aria-labelledby="glance"><h2 id="glance">At a glance</h2>
${rows.filter(({ label }) => PICTURED.includes(label)).map(bars)}
</section>
${table(rows, result)}
${footnotes(result)}
</main>
</body>
</html>
`;
  return markupText(page);
}

function heading({ title, madeAt, verdict, identicalOutput }: ComparisonResult): Markup {
  const output = identicalOutput ? 'identical' : 'DIFFERENT';
  return markup`<header>
<p class="kind">Astride: the same guest twice, from the same start, the fast path off and on</p>
<h1>${title}</h1>
<p class="made">Made <time datetime="${madeAt}">${madeAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}</time>.
Console output of the two sides: <strong>${output}</strong>.</p>
<p class="verdict">${verdict}</p>
</header>`;
}

function warnings(result: ComparisonResult): Markup {
  const sentences = cautions(result);
  if (sentences.length === 0) return nothing;
  return markup`<ul class="cautions">${sentences.map((sentence) => markup`<li>${sentence}</li>`)}</ul>`;
}

const BAR_WIDTH = 560;
const BAR_HEIGHT = 16;
const GAP = 4;

/** Two bars under a name, to the same scale. Colours come from the style, so they follow the reader's theme. */
function bars({ label, off, on, digits }: ComparisonRow): Markup {
  const most = Math.max(off, on);
  const sides = (['off', 'on'] as const).map((side, index) => {
    const value = side === 'off' ? off : on;
    const width = most === 0 ? 0 : Math.max(value === 0 ? 0 : 1, (value / most) * BAR_WIDTH);
    const top = index * (BAR_HEIGHT + GAP);
    const middle = top + BAR_HEIGHT / 2;
    return markup`<text class="side" x="30" y="${middle}">${side}</text>
<rect class="${side}" x="40" y="${top}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>
<text class="value" x="${(40 + width + 8).toFixed(1)}" y="${middle}">${numberWords(value, digits)}</text>`;
  });
  const spoken = `${label}: off ${numberWords(off, digits)}, on ${numberWords(on, digits)}`;
  return markup`<figure><figcaption>${label}</figcaption>
<svg viewBox="0 0 720 ${2 * BAR_HEIGHT + GAP}" role="img" aria-label="${spoken}">${sides}</svg></figure>`;
}

function table(rows: readonly ComparisonRow[], { identicalOutput }: ComparisonResult): Markup {
  const lines = rows.map(
    (row) => markup`<tr class="depth${row.depth}"><th scope="row" title="${row.meaning}">${row.label}</th>
<td>${numberWords(row.off, row.digits)}</td><td>${numberWords(row.on, row.digits)}</td><td>${changeWords(row)}</td></tr>
`,
  );
  return markup`<section aria-labelledby="counted"><h2 id="counted">Everything counted</h2>
<table>
<thead><tr><th scope="col">fast path</th><th scope="col">off</th><th scope="col">on</th><th scope="col">change</th></tr></thead>
<tbody>
${lines}<tr class="depth0"><th scope="row">console output</th>
<td colspan="3">${identicalOutput ? 'identical' : 'DIFFERENT'}</td></tr>
</tbody>
</table>
</section>`;
}

function footnotes(result: ComparisonResult): Markup {
  return markup`<footer>
<p>Off: a page fault of a user program goes to the host, which walks the guest's tables and hands it to the guest's
kernel; the kernel's answer goes through the host as well. Two round trips. On: a walker in the Switcher hands the fault
straight to the kernel, and one round trip is left.</p>
<p>${modelWords}</p>
<p>Wall clock: ${wallClockWords(result)}</p>
<p>How the guest ended: off: ${result.off.end}; on: ${result.on.end}.</p>
</footer>`;
}
