// How the report looks: paper and ink, one accent, type that a system has already.
import { verbatim } from './html.ts';
import { faultStyle } from './style-faults.ts';
import { pictureStyle } from './style-pictures.ts';

export const style = verbatim`
:root {
  color-scheme: light dark;
  --paper: #fbfaf7; --sheet: #f3f1eb; --ink: #1f1d1a; --soft: #5d584f; --rule: #d8d3c8; --faint: #b9b3a6;
  --accent: #a23a0c; --tint: #f6e4d8; --on-accent: #ffffff;
  --serif: Charter, 'Bitstream Charter', 'Sitka Text', 'Iowan Old Style', Cambria, Georgia, serif;
  --sans: system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Liberation Sans', Arial, sans-serif;
  --mono: ui-monospace, 'SF Mono', SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #171614; --sheet: #211f1c; --ink: #ebe7df; --soft: #aaa397; --rule: #38342f; --faint: #6a6459;
    --accent: #f2935a; --tint: #3d2718; --on-accent: #1c120b;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 66rem; padding: 2.5rem 2rem 4rem; background: var(--paper); color: var(--ink); font: 15px/1.5 var(--sans); }
h1, h2, h3 { font-family: var(--serif); font-weight: 600; line-height: 1.2; text-wrap: balance; margin: 0; }
h1 { font-size: clamp(1.65rem, 1.1rem + 2.2vw, 2.5rem); max-width: 24em; letter-spacing: -0.01em; }
h2 { font-size: 1.5rem; }
h3 { font-size: 1.3rem; }
h4 { font-size: 1rem; margin: 0 0 0.4rem; }
p { margin: 0 0 0.5rem; }
p, li, dd { overflow-wrap: anywhere; }
a { color: inherit; text-decoration-color: var(--accent); text-decoration-thickness: 1px; text-underline-offset: 3px; }
a:hover { color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code, pre { font-family: var(--mono); font-size: 0.86em; }
code { overflow-wrap: anywhere; }
small { color: var(--soft); font-size: 0.86em; }
main > section { margin-top: 3.5rem; }
.kicker { margin: 0 0 1.6rem; padding-bottom: 0.6rem; border-bottom: 3px solid var(--ink); font-weight: 700; letter-spacing: 0.01em; }
.kicker span { font-weight: 400; color: var(--soft); }
.kicker span::before { content: '/'; margin: 0 0.45em; color: var(--faint); }
.lede { font: 1.12rem/1.5 var(--serif); max-width: 44em; margin: 0.9rem 0 0; color: var(--soft); }
.figures { display: grid; grid-template-columns: repeat(5, 1fr); margin: 2rem 0 0; border-top: 1px solid var(--rule); border-bottom: 1px solid var(--rule); }
.figures > div { padding: 0.9rem 1rem 1rem; border-left: 1px solid var(--rule); }
.figures > div:first-child { border-left: 0; padding-left: 0; }
.figures dt, .story dt { font-size: 0.8rem; color: var(--soft); }
.figures dd { margin: 0; }
.figures b { display: block; font: 600 1.9rem/1.25 var(--serif); font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; margin: 0.2rem 0 0.4rem; }
caption { text-align: left; color: var(--soft); font-size: 0.8rem; padding: 0.3rem 0; }
th, td { text-align: left; vertical-align: top; padding: 0.45rem 1rem 0.45rem 0; border-top: 1px solid var(--rule); overflow-wrap: break-word; }
th:last-child, td:last-child { padding-right: 0; }
thead th { border-top: 0; border-bottom: 1px solid var(--ink); font-size: 0.8rem; font-weight: 600; color: var(--soft); padding-bottom: 0.3rem; }
tbody tr:first-child > * { border-top: 0; }
tbody th { font-weight: 500; }
tbody tr:last-child > * { border-bottom: 1px solid var(--rule); }
.number-cell { font-variant-numeric: tabular-nums; white-space: nowrap; }
thead .number-cell { white-space: nowrap; }
.overview { margin-top: 0.6rem; }
.overview th small { display: block; font-weight: 400; }
.overview a { font: 600 1.02rem/1.35 var(--serif); }
.overview td, .overview tbody th { padding-top: 0.6rem; padding-bottom: 0.6rem; }
.outcome { display: inline-block; padding: 0.05rem 0.5rem 0.1rem; border: 1px solid var(--faint); border-radius: 2px; font-size: 0.82rem; font-weight: 600; white-space: nowrap; }
.outcome.failed { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.state-word { color: var(--soft); font-size: 0.86em; font-style: italic; }
.state-word::before { content: '('; } .state-word::after { content: ')'; }
.section-head { display: flex; flex-wrap: wrap; align-items: baseline; justify-content: space-between; gap: 0.5rem 1rem; }
.controls { margin: 0; }
button { font: inherit; font-size: 0.86rem; color: inherit; background: none; border: 1px solid var(--faint); border-radius: 2px; padding: 0.25rem 0.7rem; cursor: pointer; }
button:hover { border-color: var(--accent); color: var(--accent); }
.incident { margin-top: 1.4rem; padding-top: 1.4rem; border-top: 3px solid var(--ink); scroll-margin-top: 1rem; }
.incident + .incident { margin-top: 3.5rem; }
.incident > header { display: grid; grid-template-columns: 3.2rem 1fr auto; align-items: start; }
.incident .number { font: 600 1.3rem/1.2 var(--serif); color: var(--accent); margin: 0; font-variant-numeric: tabular-nums; }
.facts { margin: 0.55rem 0 0; display: flex; flex-wrap: wrap; gap: 0.3rem 1.1rem; color: var(--soft); font-size: 0.92rem; }
.facts .outcome { color: var(--ink); } .facts .outcome.failed { color: var(--on-accent); }
.facts b { color: var(--ink); font-weight: 600; }
.story { margin: 1.2rem 0 1.4rem; }
.story > div { display: grid; grid-template-columns: 10rem 1fr; gap: 0 1.4rem; padding: 0.7rem 0 0.35rem; border-top: 1px solid var(--rule); }
.story > div:first-child { border-top: 0; }
.story dt { padding-top: 0.2rem; }
.story dd { margin: 0; max-width: 46em; font: 1.06rem/1.55 var(--serif); }
.story ul, .failure ul { margin: 0 0 0.5rem; padding-left: 1.1rem; }
.story li { margin-bottom: 0.25rem; }
.story li::marker { color: var(--accent); }
.reported { font: 0.92rem/1.5 var(--sans); color: var(--soft); }
.failure { margin: 1.4rem 0; padding: 0.9rem 1.1rem; border-left: 4px solid var(--accent); background: var(--tint); }
.failure small { color: var(--ink); }
.failure h2 { font-size: 1.1rem; margin-bottom: 0.4rem; }
.settings td.changed { font-weight: 600; }
.settings tbody th { min-width: 15rem; }
.settings .id { display: block; color: var(--soft); }
.times { margin: 1.6rem 0 1rem; }
figcaption { color: var(--soft); font-size: 0.8rem; margin-bottom: 0.2rem; }
.engineering { margin-top: 1.2rem; border-bottom: 1px solid var(--rule); }
details { border-top: 1px solid var(--rule); }
summary { padding: 0.55rem 0; cursor: pointer; display: flex; gap: 0.8rem; align-items: baseline; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary::before { content: '+'; color: var(--accent); font: 600 1rem/1 var(--mono); width: 0.8rem; }
details[open] > summary::before { content: '\2212'; }
summary span { font-weight: 600; } summary:hover span { color: var(--accent); }
details > :not(summary) { margin-bottom: 1.2rem; }
.calls, .journal, .differences { font-size: 0.84rem; }
.calls td:nth-child(4) { min-width: 10em; overflow-wrap: anywhere; }
.journal td:nth-child(2) { min-width: 9em; } .journal td:nth-child(4) { min-width: 12em; }
.calls tr.write td { font-weight: 600; } .calls tr.read b { font-weight: 500; }
.calls tr.write .input { font-weight: 400; }
table.steps { font-size: 0.86rem; } .steps .number-cell { width: 6.5em; } .steps td { padding-top: 0.25rem; padding-bottom: 0.25rem; }
.input { color: var(--soft); }
tr.holds td:last-child { color: var(--soft); }
.note { color: var(--soft); font-size: 0.86rem; }
pre { max-height: 26rem; overflow: auto; background: var(--sheet); padding: 0.9rem 1rem; margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip:focus { position: static; width: auto; height: auto; clip-path: none; }
footer { margin-top: 4rem; padding-top: 0.8rem; border-top: 1px solid var(--rule); color: var(--soft); font-size: 0.86rem; }
#method p { max-width: 46em; font: 1.06rem/1.55 var(--serif); margin-top: 0.6rem; }
${pictureStyle.text}
${faultStyle.text}
@media (max-width: 46rem) {
  body { padding: 1.4rem 1.1rem 3rem; }
  .figures { grid-template-columns: 1fr 1fr; }
  .figures > div { padding-left: 0; border-left: 0; border-top: 1px solid var(--rule); }
  .figures > div:nth-child(-n + 2) { border-top: 0; }
  .figures > div:last-child { grid-column: 1 / -1; }
  .incident > header { grid-template-columns: 2.4rem 1fr; }
  .small-graphs { display: none; }
  .story > div { grid-template-columns: 1fr; }
  .only-wide, .only-wide-cell { display: none; } .only-narrow { display: block; }
  .overview thead, .settings thead { display: none; }
  .overview tr, .settings tr { display: block; padding: 0.6rem 0; border-top: 1px solid var(--rule); }
  .overview tbody > tr > *, .settings tbody > tr > * { display: block; border: 0; padding: 0.1rem 0; }
  .overview tr > td:first-child { display: none; }
  .overview tbody td[data-name], .settings tbody td[data-name] { padding-left: 10.5rem; }
  .overview td[data-name]::before, .settings td[data-name]::before { content: attr(data-name); display: inline-block; width: 10.5rem; margin-left: -10.5rem; color: var(--soft); font-size: 1em; font-weight: 400; }
  .overview .only-wide-cell, .overview tbody .only-wide-cell { display: none; }
}
@media print {
  :root { --paper: #fff; --sheet: #f4f4f4; --ink: #000; --soft: #444; --rule: #bbb; --faint: #888; --accent: #8a2f08; --tint: #f6e4d8; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .controls, .skip { display: none; }
  .incident { break-before: page; }
  tr, figure, .failure, .story > div, .way-through { break-inside: avoid; }
  h2, h3, summary, caption, thead { break-after: avoid; }
  tbody tr:first-child { break-before: avoid; }
  .wide { overflow: visible; } pre { max-height: none; overflow: visible; }
  details.prints::details-content { content-visibility: visible; block-size: auto; }
  details.only-when-open:not([open]) { display: none; }
}
`;
