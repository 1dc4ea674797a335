// Four eyes: where the configuration wants two people, whoever asked for something is not the one who lets it through. Who somebody is
// AWS says; a name in a request, or one that a session chose, is nobody's.
import { parseArn } from '../../playbooks/language/resource.ts';
import type { ReleaseMode } from '../engine/hold.ts';
import type { Incident } from '../engine/incident.ts';
import type { Config } from './config.ts';

/**
 * Who somebody is, from the ARN that AWS gives the caller: of an assumed role the role, since whoever assumes it chooses the session's name.
 * Undefined where nothing but such a name is known.
 */
export const approverOf = (arn: string): string | undefined => {
  const parsed = parseArn(arn);
  const [kind, name] = parsed?.resource.split('/') ?? [];
  if (!parsed || !name) return parsed?.resource === 'root' ? arn : undefined;
  // AWS names users under iam; emulators name callers whom they don't know as users of sts, which AWS never does.
  if (parsed.service === 'iam' || (parsed.service === 'sts' && kind === 'user')) return arn;
  if (parsed.service !== 'sts' || kind !== 'assumed-role') return undefined;
  return `arn:${parsed.partition}:iam::${parsed.account}:role/${name}`;
};

/** As whom somebody goes on record. */
export const recordedAs = (arn: string): string => approverOf(arn) ?? arn;

/** Why a caller counts as nobody, with what to do. */
export const nobody = (arn: string): string =>
  `AWS names ${arn}, which says nothing of who that is: answer with a role's or a user's credentials.`;

/** An error that is a sentence: this needs somebody else. */
export const notAlone = (words: string): Error => Object.assign(new Error(words), { name: 'FourEyes' });

interface Second {
  /** The caller's ARN, as AWS gave it. */
  readonly arn: string;
  /** Who can't be it. */
  readonly not: readonly string[];
  /** What those did, and what somebody else has to do now. */
  readonly because: string;
  /** What to do where nobody knows who those are. Absent where it must be possible all the same: what is contained has to be released in the end. */
  readonly unknown?: string;
  readonly field: string;
}

/** Whether nobody can tell who somebody is: Step Functions and Security Hub do not say who began something there. */
const unknownAmong = (requesters: readonly string[]): string | undefined =>
  requesters.find((one) => approverOf(one) === undefined);

/** Why this caller is no second pair of eyes; undefined where he is. */
const objection = ({ arn, not, because, unknown, field }: Second): string | undefined => {
  const who = approverOf(arn);
  if (who === undefined) return nobody(arn);
  const stranger = unknown === undefined ? undefined : unknownAmong(not);
  if (stranger !== undefined)
    return `It was asked for by ${stranger}, and nobody knows whether that was ${who}: ${unknown} (${field} in firebreak.config.ts).`;
  return not.some((one) => recordedAs(one) === who)
    ? `${who} ${because} (${field} in firebreak.config.ts).`
    : undefined;
};

/** Who asked for it by hand; nobody where a detector did. A name in the request counts beside the caller's, never instead of it. */
const requestersOf = ({ finding, admission, openedBy }: Pick<Incident, 'finding' | 'admission' | 'openedBy'>) => [
  ...(finding?.requested ? [finding.requested.by] : []),
  ...(finding?.requested || admission?.way === 'by hand' ? [openedBy] : []),
];

type Asked = Pick<Incident, 'id' | 'playbook' | 'finding' | 'admission' | 'openedBy'>;

/** Why this caller's word is no approval of what needs one; undefined where nothing stands against it. */
export const againstApproval = ({ playbooks }: Config, incident: Asked, arn: string): string | undefined =>
  objection({
    arn,
    not: playbooks[incident.playbook]?.approverMustDiffer ? requestersOf(incident) : [],
    because: `asked for incident ${incident.id}, so somebody else has to approve it`,
    unknown: `deny incident ${incident.id}, and have it asked for by firebreak contain, which AWS tells who sends it`,
    field: 'approverMustDiffer',
  });

/** Why this caller can't have the incident released in this way; undefined where nothing stands against it. */
export const againstRelease = (
  { playbooks }: Config,
  incident: Asked,
  mode: ReleaseMode,
  arn: string,
): string | undefined => {
  const rule = playbooks[incident.playbook]?.releaserMustDiffer ?? false;
  const binds = rule === true || (rule === 'force' && mode === 'force');
  const not = requestersOf(incident);
  if (!binds || not.length === 0) return undefined;
  const how = mode === 'force' ? 'release it by force' : 'release it';
  return objection({
    arn,
    not,
    because: `asked for incident ${incident.id}, so somebody else has to ${how}`,
    field: 'releaserMustDiffer',
  });
};

/** Why this caller can't turn the kill switch up after `down` turned it down; undefined where nothing stands against it. */
export const againstTurningUp = (
  { switchMustDiffer }: Config,
  down: readonly string[],
  arn: string,
): string | undefined =>
  switchMustDiffer
    ? objection({
        arn,
        not: down,
        because: 'turned the kill switch down, so somebody else has to turn it up again',
        field: 'switchMustDiffer',
      })
    : undefined;

/** @throws the objection, where there is one. */
export const expectNone = (words: string | undefined): void => {
  if (words !== undefined) throw notAlone(words);
};
