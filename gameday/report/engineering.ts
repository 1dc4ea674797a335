// The tables beneath an incident's story: states, checks, evidence, calls, journal, differences.
import type { Difference } from '../compare.ts';
import type { Check, DrillCall, DrillEntry, DrillEvidence, DrillResult, OtherIncident, Run } from './drill-report.ts';
import { type Html, html } from './html.ts';
import { counted, jsonLine, offset, plainName } from './words.ts';

const table = (caption: string, heads: readonly string[], rows: readonly Html[], kind = ''): Html => html`
  <div class="wide">
    <table class="${kind}">
      <caption>${caption}</caption>
      <thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
      <tbody>${rows}</tbody>
    </table>
  </div>`;

const aside = (text: string): Html => html` <span class="state-word">${text}</span>`;
const id = (text: string): Html => html`<code class="id">${text}</code>`;
const input = (text: string): Html => html`<code class="input">${text}</code>`;

/** Enough of a request's id to find it by. */
const shortId = (requestId: string): string => requestId.slice(0, 8);

const runName = ({ workflow, mode, status, error }: Run): string => {
  const name = workflow === 'respond' ? 'Respond' : mode === 'force' ? 'Forced release' : 'Release';
  return status === 'SUCCEEDED' ? `${name}: succeeded` : `${name}: failed${error ? `, ${error}` : ''}`;
};

type Steps = Run['steps'];
type Line = { readonly at: number; readonly said: string; readonly error: string };

const longestRound = 4;
/** As many times the same round in a row are told as one line. */
const tellingRounds = 3;

const repeats = (steps: Steps, from: number, length: number): number => {
  const same = (offset: number) => steps[from + offset]?.state === steps[from + (offset % length)]?.state;
  let rounds = 1;
  while (Array.from({ length }, (_, index) => rounds * length + index).every(same)) rounds++;
  return rounds;
};

const lineOf = ({ state, at, error }: Steps[number]): Line => ({ at, said: state, error });

/** Evidence that grows for minutes is looked at a dozen times: the first round stands for itself, the others in one line. */
const folded = (steps: Steps): readonly Line[] => {
  const lines: Line[] = [];
  for (let index = 0; index < steps.length; ) {
    const lengths = Array.from({ length: longestRound }, (_, extra) => extra + 1);
    const length = lengths.find((one) => repeats(steps, index, one) >= tellingRounds) ?? 1;
    const rounds = length === 1 ? 1 : repeats(steps, index, length);
    const first = steps.slice(index, index + length);
    const last = steps[index + rounds * length - 1];
    lines.push(...first.map(lineOf));
    const round = first.map(({ state }) => state).join(', ');
    if (rounds > 1 && last) lines.push({ at: last.at, said: `${rounds - 1} more rounds of ${round}`, error: '' });
    index += rounds * length;
  }
  return lines;
};

/** The states in the order in which they were entered; times are since the event. */
export const stepsTable = (runs: readonly Run[]): Html => {
  // Only a task has a time of its own: the states behind it are told at the moment at which it was called.
  const row = ({ said, at, error }: Line, index: number, lines: readonly Line[]) => html`
    <tr>
      <td class="number-cell">${lines[index - 1]?.at === at ? '' : offset(at)}</td>
      <td>${said}${error && aside(error)}</td>
    </tr>`;
  const rows = (steps: Steps) => folded(steps).map(row);
  return html`<div>${runs.map((run) => table(runName(run), ['At', 'State'], rows(run.steps), 'steps'))}</div>`;
};

export const checksTable = (checks: readonly Check[]): Html => {
  const row = ({ what, expected, found, held }: Check) => html`
    <tr class="${held ? 'holds' : 'fails'}">
      <th scope="row">${what}</th>
      <td>${expected}</td>
      <td>${found || 'nothing'}${!held && html` <span class="outcome failed">does not hold</span>`}</td>
    </tr>`;
  return table('What had to be so, and what was found', ['Check', 'Expected', 'Found'], checks.map(row));
};

export const evidenceTable = (evidence: readonly DrillEvidence[]): Html => {
  const row = ({ kind, subject, reference, state, note }: DrillEvidence) => html`
    <tr>
      <th scope="row">${plainName(kind)}</th>
      <td>${id(subject)}</td>
      <td>${state}${note && html`<br><small>${note}</small>`}</td>
      <td>${reference === subject ? 'a document in the ledger' : id(reference || '–')}</td>
    </tr>`;
  return table('Evidence', ['Kind', 'Of', 'State', 'Kept as'], evidence.map(row), 'evidence');
};

export const callsTable = ({ list, byService, reads, writes }: DrillResult['calls']): Html => {
  const services = Object.entries(byService).map(([service, calls]) => `${service} ${calls}`);
  const row = (call: DrillCall) => html`
    <tr class="${call.write ? 'write' : 'read'}">
      <td class="number-cell">${offset(call.at)}</td>
      <td>${call.service} <b>${call.command}</b>${call.attempt > 1 && aside(`try ${call.attempt}`)}</td>
      <td>${call.write ? 'write' : 'read'}</td>
      <td>${call.outcome}</td>
      <td>${input(jsonLine(call.input, 160))}</td>
      <td>${id(shortId(call.requestId))}</td>
    </tr>`;
  return html`
    <p class="note">
      ${services.join(' · ')} – ${counted(reads, 'read')}, ${counted(writes, 'write')}. Writes stand in bold. Times are since the event.
    </p>
    ${table(
      'Every attempt of every call that this playbook made',
      ['At', 'Call', 'Kind', 'Answer', 'Input', 'Request'],
      list.map(row),
      'calls',
    )}`;
};

export const journalTable = (journal: readonly DrillEntry[]): Html => {
  const values = ({ from, to }: DrillEntry) =>
    from !== null && html`<br>${input(`${jsonLine(from, 80)} → ${jsonLine(to, 80)}`)}`;
  const requests = ({ requests: made }: DrillEntry) =>
    made.length > 0 && html`<br><small>AWS request ${made.map(shortId).join(', ')}</small>`;
  const row = (entry: DrillEntry) => html`
    <tr>
      <td class="number-cell">${offset(entry.at)}</td>
      <td><b>${entry.step}</b>${entry.attempt > 1 && aside(`attempt ${entry.attempt}`)}</td>
      <td>${entry.subject && id(entry.subject)}${values(entry)}</td>
      <td>${entry.result}${requests(entry)}</td>
    </tr>`;
  return table(
    'The journal: append-only, each entry hashed together with the one before',
    ['At', 'Step', 'What', 'Result'],
    journal.map(row),
    'journal',
  );
};

export const differencesTable = ({ left, explained }: DrillResult['account']): Html => {
  const row = ({ path, change, before, after }: Difference, why: string) => html`
    <tr>
      <td>${id(path.slice(1).join(' › '))}</td>
      <td>${change}</td>
      <td>${input(before === undefined ? '–' : jsonLine(before, 120))}</td>
      <td>${input(after === undefined ? '–' : jsonLine(after, 120))}</td>
      <td>${why}</td>
    </tr>`;
  return table(
    'Where the account differs from what it was before the event',
    ['Place', 'Change', 'Before', 'After', 'Why'],
    [
      ...left.map((difference) => row(difference, 'should not be')),
      ...explained.map((difference) => row(difference, difference.why)),
    ],
    'differences',
  );
};

export const othersTable = (others: readonly OtherIncident[]): Html => {
  const row = ({ incident, playbook, resource, outcome, reason }: OtherIncident) => html`
    <tr>
      <td><code>${incident}</code></td>
      <td>${playbook}</td>
      <td>${id(resource)}</td>
      <td>${outcome ?? '–'}<br><small>${reason}</small></td>
    </tr>`;
  return table(
    'Opened by the same event; released as well before the account was compared',
    ['Incident', 'Playbook', 'Resource', 'Outcome'],
    others.map(row),
  );
};
