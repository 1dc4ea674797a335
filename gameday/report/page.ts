// The report as one page: no request leaves it, and it works without its script.
import { createHash } from 'node:crypto';
import { burstSection } from './burst-section.ts';
import type { DrillReport, DrillResult } from './drill-report.ts';
import { faultSection } from './faults.ts';
import { type Graph, layout, type Workflow, wayOf } from './graph.ts';
import { graphLegend, graphPicture, graphSymbols } from './graph-picture.ts';
import { type Html, html } from './html.ts';
import { anchorOf, incidentSection, outcomeMark } from './incident.ts';
import { script } from './script.ts';
import { style } from './style.ts';
import { longestOf, sparkline } from './timeline.ts';
import { counted, duration, jsonLine, outcomesSaid, verdict } from './words.ts';

const figure = (name: string, value: string | number, note: string): Html =>
  html`<div><dt>${name}</dt><dd><b>${value}</b><small>${note}</small></dd></div>`;

const figures = ({ summary }: DrillReport): Html => {
  const { firstEffect, settings, evidence, calls, scenarios, accountsRestored } = summary;
  const whole = evidence.complete === evidence.taken ? 'all complete' : `${evidence.complete} complete`;
  return html`
    <dl class="figures">
      ${figure('To first effect', duration(firstEffect.median), `median; ${duration(firstEffect.worst)} at worst`)}
      ${figure('Settings changed', settings.changed, `${settings.putBack} put back`)}
      ${figure('Pieces of evidence', evidence.taken, whole)}
      ${figure('AWS calls', calls.total, `${counted(calls.writes, 'write')}, ${counted(calls.reads, 'read')}`)}
      ${figure('Accounts as before', `${accountsRestored}/${scenarios}`, 'compared field by field')}
    </dl>`;
};

const overview = ({ results }: DrillReport, longest: number): Html => {
  const row = (result: DrillResult, index: number) => html`
    <tr>
      <td class="number-cell">${String(index + 1).padStart(2, '0')}</td>
      <th scope="row"><a href="#${anchorOf(result)}">${result.title}</a><small>${result.playbookTitle}</small></th>
      <td data-name="Outcome">${outcomeMark(result)}</td>
      <td data-name="First effect" class="number-cell">${duration(result.times.firstEffect)}</td>
      <td data-name="Verified" class="number-cell">${duration(result.times.verified)}</td>
      <td class="only-wide-cell">${sparkline(result, longest)}</td>
      <td data-name="AWS calls" class="number-cell">${result.calls.total}</td>
    </tr>`;
  return html`
    <section aria-labelledby="overview">
      <h2 id="overview">The incidents</h2>
      <div class="wide">
        <table class="overview">
          <caption>
            Every incident with its outcome; the picture shows first effect, verification and complete evidence on one
            logarithmic scale from 0.1 s to ${duration(longest)}
          </caption>
          <thead>
            <tr>
              <th scope="col"><span class="unseen">Number</span></th>
              <th scope="col">Incident</th>
              <th scope="col">Outcome</th>
              <th scope="col" class="number-cell">First effect</th>
              <th scope="col" class="number-cell">Verified</th>
              <th scope="col" class="only-wide-cell">Time</th>
              <th scope="col" class="number-cell">Calls</th>
            </tr>
          </thead>
          <tbody>${results.map(row)}</tbody>
        </table>
      </div>
    </section>`;
};

const incidents = ({ results }: DrillReport, graphs: readonly Graph[], longest: number): Html => html`
  <section aria-labelledby="incidents">
    <div class="section-head">
      <h2 id="incidents">Incident by incident</h2>
      <p class="controls" hidden>
        <button type="button" data-open="yes">Open everything</button>
        <button type="button" data-open="no">Close everything</button>
      </p>
    </div>
    ${results.map((result, index) => incidentSection(result, index + 1, { graphs, longest }))}
  </section>`;

/** A workflow with every way that the drill took through it: what stays pale was never entered. */
const workflow = (graph: Graph, { results }: DrillReport): Html => {
  const runs = results.flatMap((result) => result.runs.filter((run) => run.workflow === graph.name));
  const way = wayOf(graph, runs);
  const entered = graph.nodes.filter(({ state }) => way.visits.has(state)).length;
  const description = `${graph.nodes.length} states, ${graph.edges.length} transitions; ${entered} states were entered in this drill.`;
  const title = `The ${graph.name} workflow`;
  const row = ({ state, type, comment }: Graph['nodes'][number]) => html`
    <tr>
      <th scope="row">${state}</th>
      <td>${type}</td>
      <td class="number-cell">${way.visits.get(state) ?? 0}</td>
      <td>${comment || '–'}</td>
    </tr>`;
  return html`
    <section class="workflow" aria-labelledby="workflow-${graph.name}">
      <h3 id="workflow-${graph.name}">${graph.name === 'respond' ? 'Respond' : 'Release'}</h3>
      <p>${graph.comment}</p>
      <div class="way-through">
        <div class="graph-frame">${graphPicture(graph, way, { id: `all-${graph.name}`, title, description, size: 'full' })}</div>
        <div class="wide">
          <table>
            <caption>${description}</caption>
            <thead>
              <tr>
                <th scope="col">State</th>
                <th scope="col">Type</th>
                <th scope="col" class="number-cell">Entered</th>
                <th scope="col">What for</th>
              </tr>
            </thead>
            <tbody>${graph.nodes.map(row)}</tbody>
          </table>
        </div>
      </div>
    </section>`;
};

const workflows = (report: DrillReport, graphs: readonly Graph[]): Html => html`
  <section aria-labelledby="workflows">
    <h2 id="workflows">The workflow</h2>
    <p class="lede">
      Drawn from the two files that are deployed to AWS Step Functions, and that this drill has executed as they stand.
      Highlighted is every way that some incident took. The rest is for what did not happen here: functions that fail,
      people who do not answer, states that nobody knows.
    </p>
    ${graphLegend(graphs)}
    ${graphs.map((graph) => workflow(graph, report))}
  </section>`;

const method = ({ seed, burst }: DrillReport): Html => html`
  <section aria-labelledby="method">
    <h2 id="method">How this was found out</h2>
    <p>
      Each incident was played in an AWS account of its own that exists in memory only. An attack was arranged through
      the AWS API, and whether the attacker gets what they want was judged on the account’s state before and after, never
      by asking Firebreak. Then the raw event went in, as AWS sends it.
    </p>
    <p>
      The functions, the workflow and the AWS SDK are those that are deployed. Only the network behind the SDK and the
      clock are stand-ins, so times are virtual: they follow typical latencies of AWS, and are the same for the same seed.
    </p>
    <p>
      At the end everything was released, and the account was compared with what it had been, field by field. Evidence
      stays, and connections that were cut do not come to life again.
    </p>
    <p>
      To see exactly this again:
      <code>npx firebreak drill ${burst ? '--burst ' : ''}--seed ${seed} --report out/drill</code>
    </p>
  </section>`;

const failures = ({ results }: DrillReport): Html => {
  const failed = results.filter(({ held }) => !held);
  if (failed.length === 0) return html``;
  const item = (result: DrillResult) => {
    const [check] = result.checks.filter(({ held }) => !held);
    const found =
      check && `${check.what}: expected ${check.expected}, found ${jsonLine(check.found || 'nothing', 160)}`;
    return html`<li><a href="#${anchorOf(result)}">${result.title}</a><br><small>${found}</small></li>`;
  };
  return html`<div class="failure"><h2>What did not end as it should</h2><ul>${failed.map(item)}</ul></div>`;
};

const hashOf = ({ text }: Html): string => createHash('sha256').update(text).digest('base64');

/** Should ever something slip through the escaping, the browser still runs nothing but our script, and loads nothing. */
const policy = [
  "default-src 'none'",
  `style-src 'sha256-${hashOf(style)}'`,
  `script-src 'sha256-${hashOf(script)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const masthead = (report: DrillReport): Html => {
  const playbooks = new Set(report.results.map(({ playbook }) => playbook)).size;
  const { scenarios } = report.summary;
  return html`
    <header class="masthead">
      <p class="kicker">Firebreak <span>Drill report</span> <span>seed ${report.seed}</span></p>
      <h1>${verdict(report)}</h1>
      <p class="lede">
        ${counted(scenarios, 'attack')}, answered by ${counted(playbooks, 'playbook')} in AWS accounts in memory:
        ${outcomesSaid(report)}.
      </p>
      ${failures(report)}
      ${figures(report)}
    </header>`;
};

/** The whole page. `definitions` are the workflows' ASL files, by name. */
export const page = (report: DrillReport, definitions: Readonly<Record<string, Workflow>>): string => {
  const graphs = Object.entries(definitions).map(([name, definition]) => layout(name, definition));
  const longest = longestOf(report.results);
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${policy}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="referrer" content="no-referrer">
        <title>Firebreak drill: ${verdict(report)}</title>
        <style>${style}</style>
      </head>
      <body>
        <a class="unseen skip" href="#overview">To the incidents</a>
        ${graphSymbols(graphs)}
        ${masthead(report)}
        <main>
          ${overview(report, longest)}
          ${incidents(report, graphs, longest)}
          ${burstSection(report.burst)}
          ${faultSection(report.faults)}
          ${workflows(report, graphs)}
          ${method(report)}
        </main>
        <footer>
          <p>
            Firebreak, ${report.schema}. Names, tags and messages on this page come from the account and from findings:
            an attacker may have chosen them.
          </p>
        </footer>
        <script>${script}</script>
      </body>
    </html>
    `.text;
};
