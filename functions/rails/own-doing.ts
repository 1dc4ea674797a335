// Whether a finding is about what Firebreak did itself. Only what matches exactly is ignored; what merely looks like us asks a person.
import type { Finding } from '../../playbooks/language/finding.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import type { Statement } from '../../playbooks/language/statement.ts';
import { type Incident, readIncident } from '../engine/incident.ts';
import { type JournalEntry, readJournal } from '../engine/journal.ts';
import type { Ledger } from '../engine/ledger.ts';
import { isOwnEcho, noteBy } from '../notices/finding-note.ts';
import type { Config } from './config.ts';
import type { Decision } from './decision.ts';
import { fitsAny } from './pattern.ts';

/** Who acted, as far as the finding says: a role and the name of its session. */
export type Actor = { readonly role: string; readonly session: string };

/** What the ledger knows of the incident that a session is named after. */
export type OwnRecord = {
  readonly account: string;
  /** The finding's ids that the incident answers. */
  readonly findings: readonly string[];
  /** The calls of the incident that AWS answered: 'DetachUserPolicy'. */
  readonly calls: readonly { readonly api: string; readonly at: string }[];
};

export type OwnRecords = ReadonlyMap<string, OwnRecord>;

const incidentForm = /^fb-[0-9a-f]{12}$/;
/** A detector takes its time, and both clocks differ a little. */
const callHoursMax = 24;
const aheadMinutesMax = 5;

/** The roles whose sessions the finding names. Their path isn't told, so patterns fit names only. */
export const actorsIn = ({ resources, partition }: Finding): readonly Actor[] =>
  resources.flatMap(({ type, account, detail: { principalId, userName, userType } }) => {
    const [roleId, session] = principalId?.split(':') ?? [];
    if (type !== 'AWS::IAM::AccessKey' || !userName || !session || !roleId?.startsWith('AROA')) return [];
    return userType === 'IAMUser' ? [] : [{ role: `arn:${partition}:iam::${account}:role/${userName}`, session }];
  });

const looksLikeUs = ({ role, session }: Actor, { ownRoles }: Pick<Config, 'ownRoles'>): boolean =>
  fitsAny(ownRoles, role) || incidentForm.test(session);

/** The incidents that a note signed as ours names. One note stands on up to a hundred findings, and names the incidents of all. */
export const notedIncidents = ({ hub }: Pick<Finding, 'hub'>): readonly string[] =>
  hub?.note?.by === noteBy ? hub.note.incidents : [];

/** The incidents that the finding points to as ours; only these are looked up. Of a note's those that are `known` to be this finding's do. */
export const claimedIncidents = (
  finding: Finding,
  config: Pick<Config, 'ownRoles'>,
  known: readonly string[] = [],
): readonly string[] => {
  const sessions = actorsIn(finding)
    .filter((actor) => looksLikeUs(actor, config))
    .map(({ session }) => session);
  const noted = notedIncidents(finding);
  const own = noted.filter((id) => known.includes(id));
  return [...new Set([...sessions, ...(own.length > 0 ? own : noted)])].filter((id) => incidentForm.test(id));
};

const isJournalled = ({ activity, account, updatedAt }: Finding, own: OwnRecord | undefined): boolean => {
  if (!own || own.account !== account || !activity?.api) return false;
  const seen = Date.parse(updatedAt);
  return own.calls.some(({ api, at }) => {
    const minutes = (seen - Date.parse(at)) / 60_000;
    return api === activity.api && minutes > -aheadMinutesMax && minutes < callHoursMax * 60;
  });
};

const decision = (how: Decision['do'], reason: string): readonly Decision[] => [{ rule: 'own doing', do: how, reason }];

const byActors = (finding: Finding, { ownRoles }: Pick<Config, 'ownRoles'>, known: OwnRecords): readonly Decision[] => {
  const actors = actorsIn(finding);
  const alike = actors.filter((actor) => looksLikeUs(actor, { ownRoles }));
  if (alike.length === 0) return [];
  const ours = ({ role, session }: Actor): boolean =>
    fitsAny(ownRoles, role) && incidentForm.test(session) && isJournalled(finding, known.get(session));
  if (actors.every(ours))
    return decision('ignore', `it is about what incident ${actors[0]?.session} did; its journal has the call`);
  const [first] = alike.filter((actor) => !ours(actor));
  return decision(
    'ask',
    `${first?.role} in session ${first?.session} looks like Firebreak, and no journal has the call: perhaps somebody hides behind our name`,
  );
};

const byNote = (finding: Finding, known: OwnRecords): readonly Decision[] => {
  const { channel, hub, updatedAt, id } = finding;
  const note = hub?.note;
  // What the detector saw since is news, whatever stands in an older note.
  if (channel !== 'securityhub-imported' || note?.by !== noteBy || Date.parse(updatedAt) > Date.parse(note.at))
    return [];
  const own = note.incidents.find((incident) => known.get(incident)?.findings.includes(id));
  if (isOwnEcho(finding) && own) return decision('ignore', `it is the echo of our own note for incident ${own}`);
  return decision(
    'ask',
    `a note on it is signed as ours, and no incident of ours answers this finding: somebody else wrote it`,
  );
};

/** Pure. Nothing where the finding does not point to us at all. */
export const ownDoingRail = (
  finding: Finding,
  config: Pick<Config, 'ownRoles'>,
  known: OwnRecords | { readonly unread: string },
): readonly Decision[] => {
  if (finding.requested) return [];
  if ('unread' in known)
    return decision('ask', `it looks like our own doing, and the ledger can't be read to tell (${known.unread})`);
  return [...byActors(finding, config, known), ...byNote(finding, known)];
};

const apisOf = (statements: readonly Statement[]): readonly string[] =>
  statements.flatMap(({ actions }) => actions.map((action) => action.split(':')[1] ?? ''));

/** Which calls an entry stands for: those by which its setting or evidence writes. */
const callsOf = (playbook: Playbook | undefined, { subject, requests }: JournalEntry): readonly string[] => {
  if (!playbook || requests.length === 0) return [];
  const [name] = subject.split(' ');
  const setting = Object.values(playbook.settings).find((one) => one.name === name);
  const evidence = Object.values(playbook.evidence).find((one) => one.name === name);
  const act = Object.values(playbook.acts).find((one) => one.name === name);
  return apisOf(setting?.permissions.write ?? evidence?.permissions ?? act?.permissions ?? []);
};

const recordOf = (incident: Incident, entries: readonly JournalEntry[], playbook: Playbook | undefined): OwnRecord => ({
  account: incident.target.account,
  findings: incident.seen.map(({ id }) => id),
  calls: entries.flatMap((entry) => callsOf(playbook, entry).map((api) => ({ api, at: entry.at }))),
});

/** What the ledger knows of the incidents that the finding claims; reads nothing where it claims none. */
export const ownRecords = async (
  ledger: Ledger,
  playbooks: ReadonlyMap<string, Playbook>,
  claimed: readonly string[],
): Promise<OwnRecords | { readonly unread: string }> => {
  try {
    const records = claimed.map(async (id): Promise<readonly (readonly [string, OwnRecord])[]> => {
      const [incident, blocks] = await Promise.all([readIncident({ ledger }, id), readJournal(ledger, id)]);
      const entries = blocks.flatMap((block) => block.entries);
      return incident ? [[id, recordOf(incident, entries, playbooks.get(incident.playbook))]] : [];
    });
    return new Map((await Promise.all(records)).flat());
  } catch (error) {
    return { unread: error instanceof Error ? error.message : String(error) };
  }
};
