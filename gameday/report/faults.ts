// The fault matrix: every kind of call against everything that can go wrong with it. Each cell says what became of it and opens its story.
import type { End, Story } from '../faults/play.ts';
import { type Cell, type Row, worstEnd } from '../faults/tally.ts';
import { type AwsFault, awsFaults, type LedgerTrouble, ledgerFaults } from '../faults/trial.ts';
import type { FaultReport } from './drill-report.ts';
import { type Html, html } from './html.ts';
import { counted, jsonLine } from './words.ts';

const faultWords: Readonly<Record<AwsFault | LedgerTrouble, string>> = {
  'throttled-once': 'throttled once',
  throttled: 'throttled for good',
  denied: 'access denied',
  'timeout-before': 'timed out before',
  'timeout-after': 'timed out after',
  'crash-before': 'died before',
  'crash-after': 'died after',
  hangs: 'hangs until killed',
  stale: 'stale answer',
  gone: 'resource gone',
  unavailable: 'no answer',
  outage: 'no answer for good',
  'lost-reply': 'reply lost',
};

/** A letter stands beside each colour, so that nobody needs to tell the colours apart. */
const endWords: Readonly<Record<End, readonly [letter: string, words: string]>> = {
  wanted: ['', 'ended as if nothing had gone wrong'],
  told: ['t', 'ended otherwise, and told so with the reason'],
  waiting: ['w', 'waits for a person, who was asked'],
  alarmed: ['a', 'stopped and raised the alarm; sent again, it ended well'],
  broken: ['✕', 'broke a promise'],
};

const kindWords: Readonly<Record<FaultReport['kind'], string>> = {
  single: 'every call of every scenario with every fault that can meet it',
  pairs: 'runs that between them hold every pair of kinds of faults',
  'all-pairs': 'every pair of faults in the shortest scenario of each playbook',
  random: 'two to five faults at random, some with a duplicated, late or reordered event',
};

const storyMost = 320;

const storyOf = ({ trial, outcome, reason, met, wrong, end }: Story, seed: number): Html => html`
  <p><b>${endWords[end][1]}</b></p>
  ${met.map((one) => html`<p>${one}</p>`)}
  <p>Outcome: ${outcome}. ${jsonLine(reason, storyMost)}</p>
  ${wrong.map((one) => html`<p class="wrong">${jsonLine(one, storyMost)}</p>`)}
  <p><code>npx firebreak drill --seed ${seed} --replay '${trial}'</code></p>`;

const saidCounts = ({ counts }: Cell): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([end, count]) => `${count} ${end}`)
    .join(', ');

type Place = { readonly id: string; readonly seed: number };

const cellOf = (cell: Cell | undefined, { id, seed }: Place): Html => {
  if (!cell) return html`<td></td>`;
  const end = worstEnd(cell.counts);
  const words = `${faultWords[cell.fault as AwsFault]}: ${saidCounts(cell)}`;
  return html`
    <td>
      <button type="button" class="cell ${end}" popovertarget="${id}" title="${words}">
        <span aria-hidden="true">${endWords[end][0]}</span><span class="unseen">${words}</span>
      </button>
      <div popover id="${id}" class="tale"><p>${saidCounts(cell)}</p>${storyOf(cell.story, seed)}</div>
    </td>`;
};

/** As AWS's command or the ledger's collection is called, without the function before it. */
const rowOf = (row: Row, faults: readonly string[], place: Place): Html => html`
  <tr class="${row.write ? 'write' : 'read'}">
    <th scope="row">${row.name}<small>${row.by.replace(`${row.playbook} `, '')}</small></th>
    ${faults.map((fault, column) =>
      cellOf(
        row.cells.find((cell) => cell.fault === fault),
        { ...place, id: `${place.id}-${column}` },
      ),
    )}
  </tr>`;

const matrix = (
  caption: string,
  rows: readonly Row[],
  faults: readonly (AwsFault | LedgerTrouble)[],
  place: Place,
): Html => {
  if (rows.length === 0) return html``;
  const used = faults.filter((fault) => rows.some(({ cells }) => cells.some((cell) => cell.fault === fault)));
  return html`
    <div class="wide">
      <table class="matrix">
        <caption>${caption}</caption>
        <thead>
          <tr>
            <th scope="col">Call</th>
            ${used.map((fault) => html`<th scope="col"><span>${faultWords[fault]}</span></th>`)}
          </tr>
        </thead>
        <tbody>${rows.map((row, index) => rowOf(row, used, { ...place, id: `${place.id}-${index}` }))}</tbody>
      </table>
    </div>`;
};

const isLedger = ({ name }: Row): boolean => /^(read|write|list) /.test(name);

const playbookSection = (playbook: string, rows: readonly Row[], index: number, seed: number): Html => {
  const trials = rows
    .flatMap(({ cells }) => cells)
    .reduce((sum, { counts }) => sum + Object.values(counts).reduce((a, b) => a + b, 0), 0);
  return html`
    <details class="prints"${index === 0 && html` open`}>
      <summary><span>${playbook}</span> <small>${counted(trials, 'trial')}, ${counted(rows.length, 'kind')} of calls</small></summary>
      ${matrix(
        'Calls to AWS, in the order in which they are made; those that change something are bold',
        rows.filter((row) => !isLedger(row)),
        awsFaults,
        { id: `fault-${index}-a`, seed },
      )}
      ${matrix('Calls to the ledger', rows.filter(isLedger), ledgerFaults, { id: `fault-${index}-l`, seed })}
    </details>`;
};

const figures = ({ trials, counts }: FaultReport): Html => {
  const figure = (name: string, value: number, note: string) =>
    html`<div><dt>${name}</dt><dd><b>${value.toLocaleString('en')}</b><small>${note}</small></dd></div>`;
  return html`
    <dl class="figures">
      ${figure('Trials', trials, 'from the event to the last release')}
      ${figure('As undisturbed', counts.wanted, endWords.wanted[1])}
      ${figure('Told', counts.told + counts.waiting, 'otherwise, with the true reason')}
      ${figure('Alarmed', counts.alarmed, 'stopped; sent again, ended well')}
      ${figure('Promises broken', counts.broken, counts.broken === 0 ? 'none' : 'named below')}
    </dl>`;
};

const brokenList = ({ broken, seed }: FaultReport): Html =>
  broken.length === 0
    ? html``
    : html`
      <div class="failure">
        <h4>Promises that were broken</h4>
        <ul>${broken.map((story) => html`<li>${storyOf(story, seed)}</li>`)}</ul>
      </div>`;

const legend = html`
  <ul class="legend">
    ${(Object.keys(endWords) as End[]).map(
      (end) => html`<li><span class="cell ${end}">${endWords[end][0]}</span> ${endWords[end][1]}</li>`,
    )}
  </ul>`;

/** Nothing where no faults were tried. */
export const faultSection = (faults: FaultReport | undefined): Html => {
  if (!faults) return html``;
  const playbooks = [...Map.groupBy(faults.rows, ({ playbook }) => playbook)];
  return html`
    <section aria-labelledby="faults" class="faults">
      <h2 id="faults">What can go wrong, and what comes of it</h2>
      <p class="lede">
        ${kindWords[faults.kind]}. After each: it ended, people know how, no original is lost, nothing else was touched, the
        ledger agrees with the account, and a release put everything back.
      </p>
      ${figures(faults)} ${brokenList(faults)} ${playbooks.length > 0 && legend}
      ${playbooks.map(([playbook, rows], index) => playbookSection(playbook, rows, index, faults.seed))}
    </section>`;
};
