// One incident's part of the page: the story for everybody, then what an engineer wants to see of it.
import type { DrillChange, DrillResult, Run } from './drill-report.ts';
import {
  callsTable,
  checksTable,
  differencesTable,
  evidenceTable,
  journalTable,
  othersTable,
  stepsTable,
} from './engineering.ts';
import { type Graph, wayOf } from './graph.ts';
import { graphPicture } from './graph-picture.ts';
import { type Html, html } from './html.ts';
import { afterwards, wasSoAlready, whatStaysOpen, whatWasDone } from './story.ts';
import { lanesOf, timeline } from './timeline.ts';
import { counted, duration, plainName } from './words.ts';

/** Of playbook and scenario, which are names of ours: safe in a fragment. */
export const anchorOf = ({ playbook, scenario }: Pick<DrillResult, 'playbook' | 'scenario'>): string =>
  `${playbook}--${scenario}`.toLowerCase().replace(/[^a-z0-9-]+/g, '-');

export const outcomeMark = ({ outcome, held }: DrillResult): Html => {
  const said = outcome ?? 'no incident';
  return html`<span class="outcome${held ? '' : ' failed'}">${held ? said : `drill failed: ${said}`}</span>`;
};

const paragraphs = (texts: readonly string[]) => texts.map((text) => html`<p>${text}</p>`);

const points = (texts: readonly string[]) =>
  texts.length < 2 ? paragraphs(texts) : html`<ul>${texts.map((text) => html`<li>${text}</li>`)}</ul>`;

const reported = ({ event }: DrillResult): Html => {
  const severity = event.severity ? `, severity ${event.severity.toLowerCase()},` : '';
  const type = event.findingType && html` as <code>${event.findingType}</code>${severity}`;
  return html`<p class="reported">Reported${type} by an event from <code>${event.source}</code> (${event.detailType}).</p>`;
};

const story = (result: DrillResult): Html => {
  const open = whatStaysOpen(result);
  const part = (name: string, content: Html) => html`<div><dt>${name}</dt><dd>${content}</dd></div>`;
  return html`
    <dl class="story">
      ${part('What happened', html`<p>${result.story}</p>${reported(result)}`)}
      ${part('What Firebreak did', html`${paragraphs(whatWasDone(result))}`)}
      ${part('What stays open', html`${points(open.length > 0 ? open : ['Nothing that the playbook knows of.'])}`)}
      ${part('After the release', html`${paragraphs(afterwards(result))}`)}
    </dl>`;
};

const failure = ({ checks, held }: DrillResult): Html => {
  if (held) return html``;
  const broken = checks.filter((check) => !check.held);
  return html`
    <div class="failure">
      <h4>Why this drill failed</h4>
      <ul>
        ${broken.map(
          ({ what, expected, found }) =>
            html`<li>${what}: expected <b>${expected}</b>, found <b>${found || 'nothing'}</b></li>`,
        )}
      </ul>
    </div>`;
};

const aside = (text: string): Html => html` <span class="state-word">${text}</span>`;

const reads = (standing: DrillChange['afterRelease']): Html => {
  if (!standing) return html`–`;
  const expected = ['released', 'verified'].includes(standing.state);
  return html`${standing.said}${!expected && aside(standing.state)}`;
};

const settingsTable = ({ changes }: DrillResult): Html => {
  if (changes.length === 0) return html``;
  const forced = changes.some(({ afterForce }) => afterForce !== null);
  const contained = (change: DrillChange) => {
    const { said, state } = change.afterContain;
    if (wasSoAlready(change)) return html`<td data-name="Contained">${said}${aside('so already')}</td>`;
    return html`<td data-name="Contained" class="changed">${said}${state !== 'verified' && aside(state)}</td>`;
  };
  const row = (change: DrillChange) => html`
    <tr>
      <th scope="row">
        ${plainName(change.setting)}${change.effect !== 'containing' && aside(change.effect)}
        <code class="id">${change.id}</code>
      </th>
      <td data-name="Before">${change.fromSaid}</td>
      ${contained(change)}
      <td data-name="After release">${reads(change.afterRelease)}</td>
      ${forced && html`<td data-name="After forced release">${reads(change.afterForce ?? change.afterRelease)}</td>`}
    </tr>`;
  return html`
    <div class="wide">
      <table class="settings">
        <caption>Settings: before, during and after</caption>
        <thead>
          <tr>
            <th scope="col">Setting</th>
            <th scope="col">Before</th>
            <th scope="col">Contained</th>
            <th scope="col">After release</th>
            ${forced && html`<th scope="col">After forced release</th>`}
          </tr>
        </thead>
        <tbody>${changes.map(row)}</tbody>
      </table>
    </div>`;
};

const runsIn = ({ runs }: DrillResult, { name }: Graph) => runs.filter(({ workflow }) => workflow === name);

const statesSaid = (runs: readonly Run[]): string =>
  runs
    .map(({ steps, mode }) => `${mode === 'force' ? 'Forced: ' : ''}${steps.map(({ state }) => state).join(', then ')}`)
    .join('. ');

const picture = (result: DrillResult, graph: Graph, size: 'full' | 'small'): Html => {
  const runs = runsIn(result, graph);
  if (runs.length === 0) return html``;
  return graphPicture(graph, wayOf(graph, runs), {
    id: `${anchorOf(result)}-${graph.name}-${size}`,
    title: `The way through the ${graph.name} workflow`,
    description: statesSaid(runs),
    size,
  });
};

const times = (result: DrillResult, longest: number): Html => {
  const lanes = lanesOf(result);
  if (lanes.length === 0) return html``;
  const drawn = (width: number) => timeline(lanes, { id: `${anchorOf(result)}-time-${width}`, longest, width });
  return html`
    <figure class="times">
      <figcaption>Virtual time, on a logarithmic scale</figcaption>
      <div class="only-wide">${drawn(990)}</div>
      <div class="only-narrow">${drawn(340)}</div>
    </figure>`;
};

type Print = 'prints' | 'only-when-open';

const details = (summary: string, gist: string, content: Html, print: Print = 'prints'): Html =>
  html`<details class="${print}"><summary><span>${summary}</span> <small>${gist}</small></summary>${content}</details>`;

const wayThrough = (result: DrillResult, graphs: readonly Graph[]): Html => {
  const states = result.runs.reduce((sum, { steps }) => sum + steps.length, 0);
  if (states === 0) return html``;
  const ways = graphs
    .filter((graph) => runsIn(result, graph).length > 0)
    .map(
      (graph) => html`
        <div class="way-through">
          <div class="graph-frame">${picture(result, graph, 'full')}</div>
          ${stepsTable(runsIn(result, graph))}
        </div>`,
    );
  return details('The way through the workflow', counted(states, 'state'), html`${ways}`);
};

const engineering = (result: DrillResult, graphs: readonly Graph[]): Html => {
  const { checks, calls, journal, account, others, event } = result;
  const holding = checks.filter(({ held }) => held).length;
  const differences = account.left.length + account.explained.length;
  const callsGist = `${calls.total}, ${calls.writes} of them ${calls.writes === 1 ? 'a write' : 'writes'}`;
  const entries = counted(journal.length, 'entry', 'entries');
  const raw = html`<pre tabindex="0">${JSON.stringify(event.raw, null, 2)}</pre>`;
  return html`
    <div class="engineering">
      ${wayThrough(result, graphs)}
      ${details('What was checked', `${holding} of ${checks.length} hold`, checksTable(checks))}
      ${differences > 0 && details('The account, compared', counted(differences, 'difference'), differencesTable(account))}
      ${others.length > 0 && details('What else the event opened', counted(others.length, 'incident'), othersTable(others))}
      ${calls.total > 0 && details('AWS calls', callsGist, callsTable(calls), 'only-when-open')}
      ${journal.length > 0 && details('Journal', entries, journalTable(journal), 'only-when-open')}
      ${details('The event', 'as it came in', raw, 'only-when-open')}
    </div>`;
};

const facts = (result: DrillResult): Html => {
  const { playbook, playbookTitle, resource, calls } = result;
  const { firstEffect } = result.times;
  return html`
    <p class="facts">
      ${outcomeMark(result)}
      <span>${playbookTitle} <code>${playbook}</code></span>
      ${resource && html`<span>${resource.noun} <code>${resource.id}</code></span>`}
      ${firstEffect !== null && html`<span>first effect after <b>${duration(firstEffect)}</b></span>`}
      <span>${counted(calls.total, 'AWS call')}</span>
    </p>`;
};

/** The whole section of one incident. */
export const incidentSection = (
  result: DrillResult,
  number: number,
  { graphs, longest }: { readonly graphs: readonly Graph[]; readonly longest: number },
): Html => {
  const id = anchorOf(result);
  return html`
    <article class="incident" id="${id}" aria-labelledby="${id}-name">
      <header>
        <p class="number">${String(number).padStart(2, '0')}</p>
        <div>
          <h3 id="${id}-name">${result.title}</h3>
          ${facts(result)}
        </div>
        <div class="small-graphs">${graphs.map((graph) => picture(result, graph, 'small'))}</div>
      </header>
      ${failure(result)}
      ${story(result)}
      ${settingsTable(result)}
      ${result.evidence.length > 0 && evidenceTable(result.evidence)}
      ${times(result, longest)}
      ${engineering(result, graphs)}
    </article>`;
};
