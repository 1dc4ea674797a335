import { guardDutyEvent } from '../events/guardduty.ts';
import { healthEvent } from '../events/health.ts';
import { scenario } from '../language/scenario.ts';
import {
  attach,
  defuseRoleDenies,
  defuseUserDeny,
  fillInlinePolicies,
  makeRole,
  makeUser,
  removeRole,
  removeUser,
  sessionKeyOf,
} from './arrange.ts';
import { isKeyActive, isRoleSessionDenied, isUserCutOff, isUserSessionDenied } from './judge.ts';

type User = Awaited<ReturnType<typeof makeUser>>;
const instanceId = 'i-0a1b2c3d4e5f60001';

export default {
  'leaked-key': scenario({
    title: 'A key in a public repository',
    story:
      "AWS Health says that a pipeline's key stands in a public repository; AWS has attached its quarantine policy, which does not stop everything. " +
      'The thief may have taken sessions from the key, which outlive it, and the other key of the user must go on working.',
    arrange: async (stage) => {
      const user = await makeUser(stage, 'leaked');
      await attach(stage, user.userName, 'AWSCompromisedKeyQuarantineV3');
      return user;
    },
    finding: ({ key, userName }, { account, now }) =>
      healthEvent({
        code: 'AWS_RISK_CREDENTIALS_EXPOSED',
        keys: [{ id: key, userName }],
        account,
        region: 'us-east-1',
        at: now,
      }),
    harm: async ({ userName, key, issuedAt }, { aws }) =>
      (await isKeyActive(aws, userName, key)) || !(await isUserSessionDenied(aws, userName, issuedAt)),
    meddle: async ({ userName }, stage) => {
      await defuseUserDeny(stage, userName);
      return userName;
    },
    cleanUp: ({ userName }, stage) => removeUser(stage, userName),
  }),

  'stolen-instance-credentials': scenario({
    title: "An instance's credentials used from elsewhere",
    story:
      'Credentials of a role, taken from one instance, are used from an address outside AWS. ' +
      'A whole fleet works with the role, so only the one session may be cut off.',
    arrange: async (stage) => {
      const role = await makeRole(stage, 'fleet');
      const userId = `${role.roleId}:${instanceId}`;
      return { ...role, userId, key: sessionKeyOf(stage.account, userId) };
    },
    finding: ({ key, roleName, userId }, { account, region, now }) =>
      guardDutyEvent({
        type: 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS',
        severity: 8,
        account,
        region,
        at: now,
        resource: { accessKey: { id: key, userName: roleName, userType: 'AssumedRole', principalId: userId } },
        action: { api: { name: 'GetCallerIdentity', service: 'sts.amazonaws.com', remoteAddress: '198.51.100.7' } },
      }),
    harm: async ({ roleName, userId }, { aws }) => !(await isRoleSessionDenied(aws, roleName, userId)),
    meddle: async ({ roleName, userId }, stage) => {
      await defuseRoleDenies(stage, roleName);
      return `${roleName}/${userId}`;
    },
    cleanUp: ({ roleName }, stage) => removeRole(stage, roleName),
  }),

  'stolen-user-session': scenario({
    title: 'A session of a user, known as stolen',
    story:
      'AWS knows the session token of a user as stolen; which of the long-term keys issued it, nobody can tell. ' +
      'So the session is denied and, by an option, all keys of the user go.',
    options: { keys: 'all' },
    arrange: async (stage) => {
      const user = await makeUser(stage, 'session');
      return { ...user, session: sessionKeyOf(stage.account, user.userId) };
    },
    finding: ({ session, userName, userId }, { account, region, now }) =>
      guardDutyEvent({
        type: 'CredentialAccess:IAMUser/CompromisedCredentials',
        severity: 8,
        account,
        region,
        at: now,
        resource: { accessKey: { id: session, userName, userType: 'IAMUser', principalId: userId } },
      }),
    harm: async ({ userName, key, otherKey, issuedAt }, { aws }) =>
      !(await isUserCutOff(aws, userName)) &&
      ((await isKeyActive(aws, userName, key)) ||
        (await isKeyActive(aws, userName, otherKey)) ||
        !(await isUserSessionDenied(aws, userName, issuedAt))),
    cleanUp: ({ userName }, stage) => removeUser(stage, userName),
  }),

  'filled-quota': scenario({
    title: 'No room for a deny',
    story:
      'A stolen key may change its own user, and the thief has filled the 2,048 characters that inline policies share. ' +
      'A responder that can only add an inline deny stops the key and leaves its sessions alive.',
    arrange: async (stage) => {
      const user = await makeUser(stage, 'filled');
      await fillInlinePolicies(stage, user.userName);
      return user;
    },
    finding: ({ key, userName, userId }: User, { account, region, now }) =>
      guardDutyEvent({
        type: 'CredentialAccess:IAMUser/CompromisedCredentials',
        severity: 8,
        account,
        region,
        at: now,
        resource: { accessKey: { id: key, userName, userType: 'IAMUser', principalId: userId } },
      }),
    harm: async ({ userName, key, issuedAt }, { aws }) =>
      (await isKeyActive(aws, userName, key)) || !(await isUserSessionDenied(aws, userName, issuedAt)),
    cleanUp: ({ userName }, stage) => removeUser(stage, userName),
  }),

  'root-key': scenario({
    title: "The root user's key",
    story:
      "AWS Health names a key that turns out to be the root user's, which no call of another principal can touch. " +
      'A person has to be told at once what to do, and nothing may be claimed.',
    outcome: 'refused',
    needs: ['key belongs to root'],
    arrange: async (stage) => {
      const user = await makeUser(stage, 'root');
      await stage.bring('key belongs to root', user.key);
      return user;
    },
    finding: ({ key }, { account, now }) =>
      healthEvent({
        code: 'AWS_RISK_CREDENTIALS_COMPROMISED',
        keys: [{ id: key, userName: '' }],
        account,
        region: 'us-east-1',
        at: now,
      }),
    // No user has the key any more, so none can have it inactive; what root holds, IAM shows to nobody.
    harm: async ({ userName, key }, { aws }) => !(await isKeyActive(aws, userName, key)),
    cleanUp: ({ userName }, stage) => removeUser(stage, userName),
  }),

  'unnamed-session': scenario({
    title: 'A session that nobody can name yet',
    story:
      "A federated user's session behaves strangely; the finding tells the federated name only, and CloudTrail, minutes late, knows nothing of the session. " +
      'To guess a user would hit the wrong one.',
    outcome: 'refused',
    arrange: async (stage) => {
      const user = await makeUser(stage, 'federated');
      return { ...user, session: sessionKeyOf(stage.account, `${stage.account}:visitor`) };
    },
    finding: ({ session }, { account, region, now }) =>
      guardDutyEvent({
        type: 'CredentialAccess:IAMUser/CompromisedCredentials',
        severity: 8,
        account,
        region,
        at: now,
        resource: {
          accessKey: {
            id: session,
            userName: 'visitor',
            userType: 'FederatedUser',
            principalId: `${account}:visitor`,
          },
        },
      }),
    harm: async ({ userName, issuedAt }, { aws }) => !(await isUserSessionDenied(aws, userName, issuedAt)),
    cleanUp: ({ userName }, stage) => removeUser(stage, userName),
  }),
};
