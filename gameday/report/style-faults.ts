// How the fault matrix looks: a cell's shade tells how a trial ended, and a letter says it once more.
import { verbatim } from './html.ts';

export const faultStyle = verbatim`
.faults .lede::first-letter { text-transform: uppercase; }
.faults .legend { margin-bottom: 1.2rem; }
.matrix { width: auto; font-size: 0.84rem; }
.matrix th[scope='row'] { min-width: 17rem; padding: 0.12rem 1rem 0.12rem 0; vertical-align: middle; }
.matrix tr.write th[scope='row'] { font-weight: 600; }
.matrix th[scope='row'] small { margin-left: 0.6em; font-weight: 400; }
.matrix td { padding: 0.12rem 0.15rem; border-top: 0; }
.matrix tbody th { border-top: 0; }
.matrix thead th { vertical-align: bottom; padding: 0 0.15rem 0.3rem; }
.matrix thead th span { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap; font-weight: 400; }
.cell { display: inline-block; width: 1.5rem; height: 1.15rem; padding: 0; border: 1px solid var(--faint); border-radius: 2px; font: 600 0.72rem/1.05rem var(--sans); text-align: center; vertical-align: middle; color: var(--ink); background: none; }
.cell.wanted { background: var(--sheet); }
.cell.told { background: color-mix(in srgb, var(--accent) 22%, var(--paper)); }
.cell.waiting { background: var(--paper); border-style: dashed; border-color: var(--ink); }
.cell.alarmed { background: var(--faint); color: var(--paper); }
.cell.broken { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
.tale { max-width: 38rem; padding: 1rem 1.2rem; border: 1px solid var(--ink); background: var(--paper); color: var(--ink); font-size: 0.92rem; }
.tale::backdrop { background: color-mix(in srgb, var(--ink) 18%, transparent); }
.tale .wrong, .failure .wrong { color: var(--accent); font-weight: 600; }
`;
