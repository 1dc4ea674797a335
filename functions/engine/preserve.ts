// Evidence: asked for early, looked after later. A failing piece is a gap that is told, never a blocker.
import { isThrottled } from '../../playbooks/language/aws.ts';
import type { Provenance, Taken } from '../../playbooks/language/evidence.ts';
import type { Json } from '../../playbooks/language/json.ts';
import { type Engine, playbookNamed, whatAwsSaid } from './engine.ts';
import { type Incident, type IncidentEvidence, updateIncident } from './incident.ts';
import { append } from './journal.ts';
import { type Change, changeRecord, type Place } from './record.ts';
import { withRequests } from './requests.ts';
import { isPatient } from './turn.ts';

/** One record a kind and subject of a case, shared by its incidents. `taken` is null while somebody is asking AWS. */
export type EvidenceRecord = {
  readonly kind: string;
  readonly subject: string;
  readonly askedBy: string;
  readonly askedAt: string;
  readonly taken: Taken | null;
};

/** Longer than any function runs: who asked and did not come back by then has died. */
const askingSeconds = 60;
/** A snapshot may stay pending for hours; after this long it is told as failed. */
const evidenceHoursMax = 24;

const placeOf = (incident: Incident, { kind, subject }: IncidentEvidence): Place => [
  'evidence',
  `${incident.case}/${incident.target.account}/${incident.target.region}/${kind}/${subject}`,
];

const provenanceOf = (incident: Incident, requestedAt: string): Provenance => ({
  incident: incident.id,
  case: incident.case,
  playbook: incident.playbook,
  finding: incident.finding?.id ?? 'by hand',
  requestedAt,
});

const kindOf = (engine: Engine, incident: Incident, { as }: IncidentEvidence) => {
  const kind = playbookNamed(engine, incident.playbook).evidence[as];
  if (!kind) throw new Error(`The playbook '${incident.playbook}' declares no evidence '${as}'.`);
  return kind;
};

/** Claims the record, or answers what another incident of the case, or we before a crash, have got already. */
const claim = (
  engine: Engine,
  incident: Incident,
  item: IncidentEvidence,
  reuseSeconds: number,
): Promise<Taken | 'claimed' | 'asked'> =>
  changeRecord(
    engine,
    `Claiming evidence ${item.kind} of ${item.subject}`,
    placeOf(incident, item),
    (entry): Change<Taken | 'claimed' | 'asked'> => {
      const found = entry?.value as EvidenceRecord | undefined;
      const age = found ? (engine.now().getTime() - Date.parse(found.askedAt)) / 1000 : Number.POSITIVE_INFINITY;
      const usable =
        found?.taken && found.taken.state !== 'failed' && (found.askedBy === incident.id || age < reuseSeconds);
      if (found?.taken && usable) return { answer: found.taken };
      if (found && !found.taken && found.askedBy !== incident.id && age < askingSeconds) return { answer: 'asked' };
      const { kind, subject } = item;
      const claimed: EvidenceRecord = {
        kind,
        subject,
        askedBy: incident.id,
        askedAt: engine.now().toISOString(),
        taken: null,
      };
      return { answer: 'claimed', value: claimed };
    },
  );

const keep = (engine: Engine, incident: Incident, item: IncidentEvidence, taken: Taken): Promise<void> =>
  changeRecord(engine, `Recording evidence ${item.kind} of ${item.subject}`, placeOf(incident, item), (entry) => {
    if (!entry) throw new Error(`The record of evidence ${item.kind} of ${item.subject} is missing from the ledger.`);
    return { answer: undefined, value: { ...(entry.value as EvidenceRecord), taken } };
  });

const failed = (error: unknown): Taken => ({
  reference: '',
  state: 'failed',
  note: whatAwsSaid(error),
  manifest: null,
});

const requestOne = async (engine: Engine, incident: Incident, item: IncidentEvidence): Promise<IncidentEvidence> => {
  const kind = kindOf(engine, incident, item);
  const claimed = await claim(engine, incident, item, kind.reuseSeconds);
  if (claimed === 'asked')
    return { ...item, state: 'pending', note: 'Another incident of this case is asking for it.' };
  if (claimed !== 'claimed') return { ...item, reference: claimed.reference, state: claimed.state, note: claimed.note };
  const aws = engine.aws(incident.target, incident.id, 'write');
  const done = await withRequests(() =>
    kind.request(aws, item.subject, item.detail as never, provenanceOf(incident, engine.now().toISOString())),
  );
  // It stays claimed by this incident, and is asked for once more.
  if ('error' in done && isThrottled(done.error) && isPatient(incident))
    return { ...item, note: whatAwsSaid(done.error) };
  const taken = 'value' in done ? done.value : failed(done.error);
  await keep(engine, incident, item, taken);
  await append(engine, incident.id, [
    {
      step: 'evidence requested',
      subject: `${item.kind} ${item.subject}`,
      attempt: incident.attempts,
      to: taken.reference,
      requests: done.requests.map(({ requestId }) => requestId),
      result: taken.note ? `${taken.state}: ${taken.note}` : taken.state,
    },
  ]);
  engine.report({ incident: incident.id, step: 'evidence', text: `${item.kind} of ${item.subject}: ${taken.state}` });
  return { ...item, reference: taken.reference, state: taken.state, note: taken.note };
};

const replace = (incident: Incident, pieces: readonly IncidentEvidence[]): Incident => ({
  ...incident,
  evidence: incident.evidence.map(
    (item) => pieces.find(({ as, subject }) => as === item.as && subject === item.subject) ?? item,
  ),
});

/** Asks for every piece that nobody has asked for yet. Never throws: a failure becomes the piece's state. */
export const requestEvidence = async (engine: Engine, incident: Incident): Promise<readonly IncidentEvidence[]> =>
  Promise.all(
    incident.evidence
      .filter(({ state }) => state === 'planned')
      .map(async (item) => {
        try {
          return await requestOne(engine, incident, item);
        } catch (error) {
          return { ...item, state: 'failed' as const, note: whatAwsSaid(error) };
        }
      }),
  );

export const recordEvidence = (engine: Engine, id: string, pieces: readonly IncidentEvidence[]): Promise<Incident> =>
  updateIncident(engine, id, (incident) => (pieces.length === 0 ? incident : replace(incident, pieces)));

const notLookedAt = 'Could not be looked at:';

/** What is known of it already stays, and of several looks that failed the last one is told. */
const afterFailedLook = (note: string, error: unknown): string =>
  `${note.split(notLookedAt)[0]?.trim()} ${notLookedAt} ${whatAwsSaid(error)}`.trim();

/** A look that fails may succeed the next time, but not for ever: then what could not be looked at has failed. */
const lookedAt = async (look: () => Promise<Taken>, before: Taken, hours: number): Promise<Taken> => {
  try {
    const taken = await look();
    if (taken.state !== 'pending' || hours <= evidenceHoursMax) return taken;
    return {
      ...taken,
      state: 'failed',
      note: `${taken.note} Still not complete after ${evidenceHoursMax} hours.`.trim(),
    };
  } catch (error) {
    if (hours <= evidenceHoursMax) throw error;
    const note = `${afterFailedLook(before.note, error)} It was asked for more than ${evidenceHoursMax} hours ago.`;
    return { ...before, state: 'failed', note };
  }
};

const reviewOne = async (engine: Engine, incident: Incident, item: IncidentEvidence): Promise<IncidentEvidence> => {
  const kind = kindOf(engine, incident, item);
  const record = (await engine.ledger.read(...placeOf(incident, item)))?.value as EvidenceRecord | undefined;
  if (!record?.taken) return requestOne(engine, incident, item);
  const provenance = provenanceOf(incident, record.askedAt);
  const aws = engine.aws(incident.target, incident.id, 'write');
  const hours = (engine.now().getTime() - Date.parse(record.askedAt)) / 3_600_000;
  const before = record.taken;
  const look = async () => (before.state === 'pending' && kind.review ? kind.review(aws, before, provenance) : before);
  const taken = await lookedAt(look, before, hours);
  if (taken.state !== before.state) {
    await keep(engine, incident, item, taken);
    const result = taken.note ? `${taken.state}: ${taken.note}` : taken.state;
    const subject = `${item.kind} ${item.subject}`;
    await append(engine, incident.id, [
      { step: 'evidence reviewed', subject, attempt: incident.attempts, to: taken.reference, result },
    ]);
    engine.report({ incident: incident.id, step: 'evidence', text: `${item.kind} of ${item.subject}: ${taken.state}` });
  }
  return { ...item, reference: taken.reference, state: taken.state, note: taken.note };
};

/** A fresh look at every pending piece. A look that fails leaves it pending, with what AWS said. */
export const reviewEvidence = async (engine: Engine, id: string): Promise<Incident> => {
  const incident = await updateIncident(engine, id, (same) => same);
  const pieces = await Promise.all(
    incident.evidence
      .filter(({ state }) => state === 'pending')
      .map(async (item) => {
        try {
          return await reviewOne(engine, incident, item);
        } catch (error) {
          return { ...item, note: afterFailedLook(item.note, error) };
        }
      }),
  );
  return recordEvidence(engine, id, pieces);
};

/** What was kept of one piece: the manifest, or the document itself. */
export const manifestOf = async (
  engine: Pick<Engine, 'ledger'>,
  incident: Incident,
  item: IncidentEvidence,
): Promise<Json> =>
  ((await engine.ledger.read(...placeOf(incident, item)))?.value as EvidenceRecord | undefined)?.taken?.manifest ??
  null;
