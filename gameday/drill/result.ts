// From what was observed to what the report keeps of one scenario. Pure.
import type { Incident, IncidentChange } from '../../functions/engine/incident.ts';
import type { Json } from '../../playbooks/language/json.ts';
import type { DrillCall, DrillChange, DrillEntry, DrillResult, Run, Standing } from '../report/drill-report.ts';
import { accountOf, checksOf, expectedOf, outcomeOf, reasonOf } from './expect.ts';
import { latest, type Moment, type Observed, type Piece, type Ran } from './observed.ts';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const eventOf = ({ event, contained }: Observed): DrillResult['event'] => {
  const fields = (typeof event === 'object' && event !== null ? event : {}) as { readonly [key: string]: Json };
  const finding = contained?.incident.finding;
  return {
    source: text(fields.source),
    detailType: text(fields['detail-type']),
    findingType: finding?.type ?? '',
    findingTitle: finding?.title ?? '',
    severity: finding?.severity ?? '',
    raw: event,
  };
};

const standingOf = ({ as, id }: IncidentChange, moment: Moment | undefined): Standing | null => {
  const index = moment?.incident.changes.findIndex((one) => one.as === as && one.id === id) ?? -1;
  const change = moment?.incident.changes[index];
  const reading = moment?.readings[index];
  if (!change || !reading) return null;
  return { state: change.state, note: change.note, ...reading };
};

const changesOf = ({ contained, released, forced }: Observed): readonly DrillChange[] =>
  (contained?.incident.changes ?? []).map((change) => {
    const { setting, id, effect, release, from, fromSaid, to, toSaid, state, note } = change;
    return {
      setting,
      id,
      effect,
      releaseRule: release,
      from,
      fromSaid,
      to,
      toSaid,
      afterContain: standingOf(change, contained) ?? { state, note, reads: null, said: '' },
      afterRelease: standingOf(change, released),
      afterForce: standingOf(change, forced),
    };
  });

const runOf =
  (eventAt: number) =>
  ({ workflow, mode, execution, startedAt }: Ran): Run => ({
    workflow,
    mode,
    status: execution.status,
    error: execution.error,
    startedAt: startedAt - eventAt,
    endedAt: execution.endedAt - eventAt,
    steps: execution.path.map(({ state, at, error }) => ({ state, at: at - eventAt, error })),
  });

const callsOf = ({ runs, eventAt }: Observed): DrillResult['calls'] => {
  const list = runs.flatMap(({ workflow, calls }) =>
    calls.map(
      ({ at, service, command, write, attempt, outcome, requestId, input }): DrillCall => ({
        at: at - eventAt,
        during: workflow,
        service,
        command,
        write,
        attempt,
        outcome,
        requestId,
        input: JSON.parse(JSON.stringify(input ?? null)) as Json,
      }),
    ),
  );
  const services = [...new Set(list.map(({ service }) => service))].toSorted();
  const respond = list.filter(({ during }) => during === 'respond').length;
  const writes = list.filter(({ write }) => write).length;
  return {
    total: list.length,
    reads: list.length - writes,
    writes,
    respond,
    release: list.length - respond,
    byService: Object.fromEntries(
      services.map((name) => [name, list.filter(({ service }) => service === name).length]),
    ),
    list,
  };
};

const journalOf = ({ journal, eventAt }: Observed): readonly DrillEntry[] =>
  journal
    .flatMap(({ entries }) => entries)
    .map(({ at, by, step, subject, attempt, from, to, requests, result }) => ({
      at: Date.parse(at) - eventAt,
      by,
      step,
      subject,
      attempt,
      from,
      to,
      requests,
      result,
    }));

const resourceOf = ({ playbook }: Piece, incident: Incident | undefined): DrillResult['resource'] => {
  if (!incident) return null;
  const { type, id, account, region } = incident.target;
  return { type, noun: playbook.resource.noun, id, account, region };
};

const timesOf = ({ contained, released, verifiedAt, runs, eventAt }: Observed): DrillResult['times'] => {
  const first = contained?.incident.firstEffectAt;
  const run = (workflow: Run['workflow']) => runs.find((one) => one.workflow === workflow);
  const since = (at: number | undefined) => (at === undefined ? null : at - eventAt);
  return {
    firstEffect: first ? Date.parse(first) - eventAt : null,
    verified: since(verifiedAt),
    responded: since(run('respond')?.execution.endedAt),
    releaseBegan: since(run('release')?.startedAt),
    released: released?.incident.outcome === 'released' ? since(run('release')?.execution.endedAt) : null,
  };
};

/** One scenario as the report tells it. */
export const resultOf = (piece: Piece, observed: Observed): DrillResult => {
  const { name, playbook, scenarioName, scenario, seed } = piece;
  const incident = observed.contained?.incident;
  const checks = checksOf(piece, observed);
  const { left, explained } = accountOf(observed);
  return {
    playbook: name,
    playbookTitle: playbook.title,
    containment: playbook.containment,
    scenario: scenarioName,
    title: scenario.title,
    story: scenario.story,
    seed,
    event: eventOf(observed),
    resource: resourceOf(piece, incident),
    incident: incident?.id ?? '',
    case: incident?.case ?? '',
    expected: expectedOf(piece),
    outcome: outcomeOf(observed),
    reason: reasonOf(observed),
    held: checks.every(({ held }) => held),
    checks,
    changes: changesOf(observed),
    acts: (incident?.acts ?? []).map(({ act, id, irreversible, state, note }) => ({
      act,
      id,
      irreversible,
      state,
      note,
    })),
    evidence: (latest(observed)?.evidence ?? []).map(({ kind, subject, reference, state, note }) => ({
      kind,
      subject,
      reference,
      state,
      note,
    })),
    residual: incident?.plan?.residual ?? [],
    ongoing: incident?.plan?.ongoing ?? [],
    runs: observed.runs.map(runOf(observed.eventAt)),
    times: timesOf(observed),
    calls: callsOf(observed),
    journal: journalOf(observed),
    account: { left, explained, restored: observed.differences ? left.length === 0 : null },
    others: observed.others.map(({ id, playbook: other, target, outcome, reason }) => ({
      incident: id,
      playbook: other,
      resource: target.id,
      outcome,
      reason,
    })),
  };
};
