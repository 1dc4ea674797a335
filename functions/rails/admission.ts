// Admission: what the rails let in stands in the ledger. A function that is handed anything else does nothing.
import type { Channel } from '../../playbooks/language/finding.ts';
import type { ResourceKind } from '../../playbooks/language/resource.ts';
import type { Engine } from '../engine/engine.ts';
import type { ReleaseMode } from '../engine/hold.ts';
import { type Incident, incidentId, incidentKey, updateIncident } from '../engine/incident.ts';
import { append, type JournalDraft } from '../engine/journal.ts';
import type { Decision } from './decision.ts';
import { againstRelease, expectNone, recordedAs } from './four-eyes.ts';

/** By which way the incident came in, and how far the event rails let it go. */
export type Admission = {
  readonly at: string;
  readonly way: Channel | 'by hand';
  readonly do: Incident['disposition'];
  readonly rails: readonly Decision[];
};

/** Which user or role has asked for a release, and for which. */
export type ReleaseRequest = { readonly mode: ReleaseMode; readonly by: string; readonly at: string };

/** What the rails said when it was let in, for the journal. */
export const railEntries = (admission: Admission | undefined): readonly JournalDraft[] =>
  (admission?.rails ?? []).map(({ rule, do: to, reason }) => ({
    step: 'event rail',
    subject: rule,
    attempt: 0,
    to,
    result: reason,
  }));

/** An error that says why nothing was done. */
const notAdmitted = (words: string): Error => Object.assign(new Error(words), { name: 'NotAdmitted' });

/** Why the record is none that `openIncident` made for this playbook and target; undefined where it is one. */
const fault = (incident: Incident, kind: ResourceKind): string | undefined => {
  const { id, key, generation, target, playbook, admission } = incident;
  if (id !== incidentId(key, generation)) return 'its id is not that of its key';
  if (key !== incidentKey(kind, target, playbook)) return 'its key is not that of its target';
  return admission ? undefined : 'the ledger does not show that the rails admitted it';
};

/** The incident itself. @throws where it was not admitted. */
export const admitted = (incident: Incident, kind: ResourceKind): Incident => {
  const wrong = fault(incident, kind);
  if (wrong === undefined) return incident;
  throw notAdmitted(
    `Incident ${incident.id} is not carried out: ${wrong}. Nothing was written; firebreak contain ${incident.playbook} ${incident.target.id} takes the way through the rails.`,
  );
};

/**
 * Puts a release on record, so that the workflow that is started for it does something. `arn` is who AWS says the caller is: his user or
 * role is recorded, and the journal has the ARN beside it.
 * @throws in a sentence, where somebody else has to ask for it.
 */
export const admitRelease = async (
  engine: Engine,
  id: string,
  mode: ReleaseMode,
  arn: string,
  reason = '',
): Promise<Incident> => {
  const at = engine.now().toISOString();
  const by = recordedAs(arn);
  const incident = await updateIncident(engine, id, (before) => {
    expectNone(againstRelease(engine.config, before, mode, arn));
    return { ...before, releaseRequest: { mode, by, at } };
  });
  const said = by === arn ? `${mode} by ${by}` : `${mode} by ${by} (${arn})`;
  const result = reason ? `${said}: ${reason}` : said;
  await append(engine, id, [{ step: 'release asked for', subject: at, attempt: 0, result }]);
  return incident;
};

/** As long as its workflow may run. */
const releaseMinutesMax = 60;

/** Whether what was asked for then may still be carried out. */
export const isFresh = ({ at }: ReleaseRequest, now: Date): boolean =>
  now.getTime() - Date.parse(at) <= releaseMinutesMax * 60_000;

/** @throws where nobody has asked for this release. */
export const releaseAdmitted = ({ id, releaseRequest }: Incident, mode: ReleaseMode | null, now: Date): void => {
  const again = `Nothing was written; firebreak release ${id} asks for it.`;
  if (!releaseRequest) throw notAdmitted(`Nobody has asked to release incident ${id}. ${again}`);
  if (mode !== null && releaseRequest.mode !== mode)
    throw notAdmitted(`Incident ${id} was to be released by '${releaseRequest.mode}', not by '${mode}'. ${again}`);
  if (!isFresh(releaseRequest, now))
    throw notAdmitted(
      `The release of incident ${id} was asked for at ${releaseRequest.at}, which is too long ago. ${again}`,
    );
};
