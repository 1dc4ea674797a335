// How graphs and time lines look. Shape tells the type of a state, the accent tells the way that was taken.
import { verbatim } from './html.ts';

export const pictureStyle = verbatim`
svg { display: block; max-width: 100%; height: auto; font-family: var(--sans); }
.symbols { position: absolute; }
.state > rect, .state > polygon { fill: var(--paper); stroke: var(--faint); stroke-width: 1.2; }
.state.fail > rect, .state.succeed > rect { fill: none; }
.state.wait > rect { stroke-dasharray: 1.5 2.5; stroke-linecap: round; }
.state > text { fill: var(--soft); font-size: 13px; text-anchor: middle; }
.edge { fill: none; stroke: var(--faint); stroke-width: 1.2; marker-end: url(#arrow); }
.edge.catch { stroke-dasharray: 3 4; opacity: 0.75; }
.edge.joins { marker-end: none; }
.edge.otherwise { stroke-dasharray: 7 3; }
.entry { fill: var(--faint); }
.condition { fill: var(--soft); font-size: 11px; text-anchor: middle; paint-order: stroke; stroke: var(--paper); stroke-width: 5px; stroke-linejoin: round; }
#arrow path { fill: var(--faint); } #arrow-on path { fill: var(--accent); }
.way .state > rect, .way .state > polygon { fill: var(--tint); stroke: var(--accent); stroke-width: 1.6; }
.way .state.succeed > rect + rect, .way .state.fail > rect + rect { fill: none; }
.way .state > text { fill: var(--ink); font-weight: 600; }
.way .state > text.often { fill: var(--accent); font-size: 12px; text-anchor: start; paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
.way .edge { stroke: var(--accent); stroke-width: 2; opacity: 1; marker-end: url(#arrow-on); }
.way .condition { fill: var(--ink); }
/* What a symbol shows is styled where the symbol stands, not where it is used. */
symbol[id$='-small'] .edge, .graph.small .edge { marker-end: none; stroke-width: 4; }
symbol[id$='-small'] .state > * { stroke-width: 4; }
.graph.small .way .edge { stroke-width: 9; }
.graph.small .way .state > rect, .graph.small .way .state > polygon { fill: var(--accent); stroke: var(--accent); stroke-width: 4; stroke-dasharray: none; }
.small-graphs { display: flex; gap: 0.8rem; align-items: flex-start; padding-left: 1.2rem; }
.small-graphs svg { width: auto; height: 7.4rem; }
.graph-frame { overflow-x: auto; }
.graph-frame svg { margin: 0 auto; }
.way-through { display: grid; grid-template-columns: minmax(0, 1.15fr) minmax(0, 1fr); gap: 1.5rem 2rem; align-items: start; margin-bottom: 1.6rem; }
.workflow { margin-top: 1.8rem; }
.workflow > p { color: var(--soft); max-width: 46em; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 0.4rem 1.4rem; padding: 0; margin: 1.2rem 0 0; font-size: 0.86rem; color: var(--soft); }
.legend li { display: flex; align-items: center; gap: 0.5rem; }
.legend b { color: var(--ink); font-weight: 600; }
.timeline { overflow: visible; }
.timeline .tick { stroke: var(--rule); }
.timeline .axis { fill: var(--soft); font-size: 11px; text-anchor: middle; }
.timeline .lane { fill: var(--soft); font-size: 12px; paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
.timeline .track { stroke: var(--rule); stroke-width: 2; }
.timeline .span { stroke: var(--ink); stroke-width: 2; }
.timeline .zero { stroke: var(--ink); stroke-width: 2; }
.timeline .mark { stroke: var(--paper); stroke-width: 1.5; }
.timeline .mark.main { fill: var(--accent); }
.timeline .mark.other { fill: var(--paper); stroke: var(--ink); stroke-width: 2; }
.mark-name { fill: var(--ink); font-size: 12px; paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
.mark-name .when { font-weight: 600; }
.spark { margin-top: 0.25rem; }
.bursts { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem 2rem; margin: 1.4rem 0; }
.bursts figure { margin: 0; min-width: 0; }
.burst { width: 100%; }
.burst .tick { stroke: var(--rule); }
.burst .axis { fill: var(--soft); font-size: 11px; text-anchor: middle; }
.burst .axis.count { text-anchor: end; }
.burst .curve { fill: none; stroke: var(--ink); stroke-width: 1.6; stroke-linejoin: round; }
.burst .curve.arrived { stroke: var(--soft); stroke-dasharray: 1.5 3; stroke-linecap: round; }
.burst .curve.floor { stroke: var(--ink); stroke-dasharray: 7 4; }
.burst .curve.contained { stroke: var(--accent); stroke-width: 3; }
.burst .curve.ended { stroke: var(--faint); stroke-width: 2; }
.burst .name { fill: var(--soft); font-size: 12px; paint-order: stroke; stroke: var(--paper); stroke-width: 4px; stroke-linejoin: round; }
.burst .name.contained { fill: var(--accent); font-weight: 600; }
.burst .name.floor, .burst .name.told { fill: var(--ink); }
.only-narrow { display: none; }
@media (max-width: 46rem) { .way-through, .bursts { grid-template-columns: 1fr; } .timeline { max-width: none; width: 100%; } }
`;
