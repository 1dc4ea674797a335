// What disabling a key leaves open, for people.
import { isUnreadable } from '../language/unreadable.ts';
import { hasRoomForSessionDeny } from '../settings/iam.ts';
import { type Meant, type Seen, toDisable } from './observe.ts';
import { readablePolicies } from './principal.ts';

const when = (condition: boolean, text: string): readonly string[] => (condition ? [text] : []);

const ofRole = ({ name, session }: Extract<Seen, { of: 'role' }>): readonly string[] => {
  const [, sessionName = ''] = session.split(':');
  if (sessionName.startsWith('i-'))
    return [
      `Instance ${sessionName} is denied everything as well: its own credentials are of the same session, also after IMDS renews them. Other instances with the role go on.`,
      `How the credentials left ${sessionName} is not answered: isolate-instance stops what runs there.`,
      'Stolen credentials of an instance live for about 6 hours: do not release before.',
    ];
  return [
    `Whoever may assume ${name} can do so again under another session name: its trust policy is in the evidence.`,
    `Other users of the session name ${sessionName} (a function, a task, a person) are denied as well, until release.`,
    'Credentials of a role session live for up to 12 hours: do not release before.',
  ];
};

const ofUser = (seen: Extract<Seen, { of: 'user' }>, meant: Meant): readonly string[] => {
  const { name, principal, leaked, keys } = seen;
  const { leaked: leakedKey, all } = meant;
  const disabled = toDisable(seen, meant);
  const others = isUnreadable(principal.keys)
    ? []
    : principal.keys.filter(({ id, status }) => !disabled.includes(id) && status === 'Active').map(({ id }) => id);
  const credentials = Object.entries(principal.otherCredentials).filter(
    ([, found]) => Array.isArray(found) && found.length > 0,
  );
  return [
    'Roles that were assumed with these credentials stay assumed, for up to 12 hours: look for AssumeRole in CloudTrail, and run this playbook on each ASIA key.',
    ...when(
      leaked === 'long-term key' && !keys.includes(leakedKey),
      `${leakedKey} has been deleted; the sessions that it issued are denied.`,
    ),
    ...when(
      leaked === 'user session' && !all,
      `Which long-term key or password of ${name} issued the session is not known; whoever has it issues another. The option keys=all disables the keys.`,
    ),
    ...when(others.length > 0, `Other keys of ${name} stay active: ${others.join(', ')}.`),
    ...when(
      principal.loginProfile !== null,
      `${name} can still sign in to the console: change the password, and see who owns the MFA devices.`,
    ),
    ...when(
      credentials.length > 0,
      `${name} has other credentials, which stay: ${credentials.map(([kind]) => kind).join(', ')}.`,
    ),
    hasRoomForSessionDeny(readablePolicies(principal))
      ? 'Sessions issued until half a minute after the plan was made stay denied, also after a release: they live for up to 36 hours. Newer ones are not met.'
      : `The inline policies of ${name} leave no room for a deny of sessions: AWSDenyAll cuts the user off altogether, also after a release. See what fills them.`,
  ];
};

const quarantine = ({ principal: { attachedPolicies } }: Seen): readonly string[] => {
  const names = isUnreadable(attachedPolicies) ? [] : attachedPolicies.map((arn) => arn.split('/').at(-1) ?? '');
  const found = names.filter((name) => name.startsWith('AWSCompromisedKeyQuarantine'));
  return when(
    found.length > 0,
    `AWS has attached ${found.join(', ')}. It denies a list of actions, not all, and is left as it is: detach it when AWS's case is closed.`,
  );
};

export const residualOf = (seen: Seen, meant: Meant): readonly string[] => [
  ...(seen.of === 'role' ? ofRole(seen) : ofUser(seen, meant)),
  'What was made with these credentials stays: users, keys, roles, functions, instances, snapshots shared. Look for it in CloudTrail from before the leak to some minutes from now.',
  'IAM takes some seconds to heed a change everywhere; in them the credentials still work.',
  ...quarantine(seen),
  ...when(
    seen.principal.gaps.length > 0,
    `Not in the evidence, as it could not be read: ${seen.principal.gaps.join('; ')}.`,
  ),
];
