/** How a report looks on a screen, light or dark, and on paper. It contains nothing that came from outside. */

import { type Markup, markup } from './markup.ts';

export const reportStyle: Markup = markup`
:root { color-scheme: light dark; --paper: #fdfdfc; --ink: #1c2024; --soft: #5d6670; --line: #dcdfe3; --off: #8a94a0; --on: #1f7a6d; --care: #9a3412; --raised: #f3f5f6; }
@media (prefers-color-scheme: dark) {
  :root { --paper: #15181b; --ink: #e6e8ea; --soft: #9aa4ae; --line: #30363c; --off: #7c8792; --on: #4fc3ae; --care: #fdba74; --raised: #1d2226; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 2.5rem 1.25rem; overflow-wrap: anywhere; }
.kind { margin: 0; color: var(--soft); }
h1 { margin: .2rem 0 .4rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 2rem 0 .6rem; font-size: 1.05rem; }
.made { margin: 0 0 1rem; color: var(--soft); }
.made strong { color: var(--ink); }
.verdict { margin: 0; padding: .8rem 1rem; background: var(--raised); border-left: 4px solid var(--on); border-radius: 4px; }
.cautions { margin: 1rem 0 0; padding: .8rem 1rem .8rem 2rem; border-left: 4px solid var(--care); background: var(--raised); border-radius: 4px; color: var(--care); }
figure { margin: 0 0 1rem; }
figcaption { margin-bottom: .25rem; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--ink); font-size: 12px; dominant-baseline: central; font-variant-numeric: tabular-nums; }
svg text.side { text-anchor: end; fill: var(--soft); }
rect.off { fill: var(--off); }
rect.on { fill: var(--on); }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .28rem .5rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child { text-align: left; font-weight: 400; white-space: normal; }
thead th, thead th:first-child { color: var(--soft); font-weight: 600; }
tr.depth1 th:first-child { padding-left: 1.6rem; color: var(--soft); }
footer { margin-top: 2rem; color: var(--soft); font-size: .87rem; }
@media print {
  :root { --paper: #fff; --ink: #000; --soft: #444; --line: #bbb; --off: #999; --on: #333; --care: #000; --raised: #fff; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  figure, tr, .verdict, .cautions { break-inside: avoid; }
  thead { display: table-header-group; }
}
`;
