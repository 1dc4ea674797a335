import { principalDescription } from '../evidence/iam.ts';
import { guardDuty, health } from '../language/answer.ts';
import { playbook, refuse } from '../language/playbook.ts';
import { isUnreadable } from '../language/unreadable.ts';
import { accessKey } from '../resources/iam.ts';
import {
  accessKeyStatus,
  hasRoomForSessionDeny,
  roleSessionDeny,
  userDenyAll,
  userSessionDeny,
} from '../settings/iam.ts';
import { observe, toDisable } from './observe.ts';
import { toFindTheOwner } from './owner.ts';
import { readablePolicies, toDescribeThePrincipal } from './principal.ts';
import { breakGlass, isBreakGlass } from './refusals.ts';
import { residualOf } from './residual.ts';

/** The console dates its own revocation half a minute ahead, as IAM takes some seconds to heed it everywhere. */
const shortlyAfter = (time: string): string => `${new Date(Date.parse(time) + 30_000).toISOString().slice(0, 19)}Z`;

const ask = { do: 'ask' } as const;
const enter = ['CredentialAccess', 'InitialAccess', 'PrivilegeEscalation', 'Persistence'];
const suspicious = [...enter, 'DefenseEvasion', 'Exfiltration', 'Impact'];

export default playbook({
  title: 'Disable an access key',
  containment: 'technique-and-access',
  resource: accessKey,
  answers: [
    health('AWS_RISK_CREDENTIALS_EXPOSED'),
    health('AWS_RISK_CREDENTIALS_COMPROMISED'),
    health('AWS_RISK_CREDENTIALS_*_SUSPECTED', ask),
    health('AWS_RISK_IAM_QUARANTINE', ask),
    guardDuty('CredentialAccess:IAMUser/CompromisedCredentials'),
    guardDuty('UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS'),
    guardDuty('UnauthorizedAccess:IAMUser/*', ask),
    ...suspicious.map((purpose) => guardDuty(`${purpose}:IAMUser/AnomalousBehavior`, ask)),
    guardDuty('Exfiltration:S3/*', ask),
    guardDuty('Impact:S3/AnomalousBehavior.Delete', ask),
    guardDuty('Impact:S3/AnomalousBehavior.Permission', ask),
    guardDuty('Impact:S3/MaliciousIPCaller', ask),
  ],
  approval: 'automatic',
  settings: {
    status: accessKeyStatus,
    userSessions: userSessionDeny,
    everything: userDenyAll,
    roleSession: roleSessionDeny,
  },
  evidence: { principal: principalDescription },
  options: { keys: ['leaked', 'all'] },
  permissions: [...toFindTheOwner, ...toDescribeThePrincipal],
  observe,
  preserve: (seen, take) => [take.principal(seen.principal.arn, seen)],
  // A key has no ARN: what is cut off is whose it is.
  bearing: ({ principal: { arn, tags } }) => ({ arns: [arn], tags, shares: [] }),
  contain: (seen, set, { plannedAt, options, finding, target }) => {
    if (isBreakGlass(seen.principal.arn) && finding && !finding.requested)
      return refuse(breakGlass(seen.principal.arn));
    if (seen.of === 'role') return [set.roleSession(`${seen.name}/${seen.session}`, 'denied')];
    // Nothing of a leaked key goes back by itself: it stays inactive, and its sessions, of up to 36 hours, stay denied.
    const keep = { release: 'keep' } as const;
    const all = options.keys === 'all';
    const keys = toDisable(seen, { all, leaked: target.id, plannedAt });
    // What can't be listed can't be disabled one by one: where all keys are meant, the user is cut off whole.
    const isWhole = all && isUnreadable(seen.principal.keys);
    return [
      ...keys.map((key) => set.status(`${seen.name}/${key}`, 'Inactive', keep)),
      !isWhole && hasRoomForSessionDeny(readablePolicies(seen.principal))
        ? set.userSessions(seen.name, { issuedBefore: shortlyAfter(plannedAt) }, { ...keep, dated: true })
        : set.everything(seen.name, 'attached', keep),
    ];
  },
  residual: (seen, { target, options, plannedAt }) =>
    residualOf(seen, { all: options.keys === 'all', leaked: target.id, plannedAt }),
});
