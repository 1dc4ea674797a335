// Users and roles as they are found: with one key or two, policies of every kind, a full quota, a boundary, and what was denied before.
import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  TagUserCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { guardDutyEvent } from '../events/guardduty.ts';
import { healthEvent } from '../events/health.ts';
import type { Chance, Generate, Generated } from '../language/generate.ts';
import type { Stage } from '../language/scenario.ts';
import { fillInlinePolicies, makeRole, sessionKeyOf } from './arrange.ts';

const document = (chance: Chance): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: chance.some(['s3:*', 'ec2:Describe*', 'iam:PassRole', 'kms:Decrypt']).map((Action) => ({
      Effect: chance.oneOf(['Allow', 'Deny']),
      Action,
      Resource: chance.oneOf(['*', 'arn:aws:s3:::example/*']),
      ...(chance.happens(30) && { Condition: { DateLessThan: { 'aws:TokenIssueTime': '2026-01-01T00:00:00Z' } } }),
    })),
  });

/** What another responder, or this one, may have left under the names that it uses. */
const inlineNames = ['pipeline', 'AWSRevokeOlderSessions', 'firebreak-sessions', 'odd+name=,.@-'] as const;
const managed = ['ReadOnlyAccess', 'AWSCompromisedKeyQuarantineV3', 'AWSDenyAll', 'PowerUserAccess'] as const;

const makeUser = async (stage: Stage, chance: Chance) => {
  const iam = stage.aws(IAMClient);
  const UserName = `generated-${chance.between(1, 1e9)}`;
  const arn = (name: string) => `arn:${stage.partition}:iam::aws:policy/${name}`;
  const { User } = await iam.send(
    new CreateUserCommand({
      UserName,
      Path: chance.oneOf(['/', '/ci/', '/people/eu/']),
      ...(chance.happens(25) && { PermissionsBoundary: arn('PowerUserAccess') }),
    }),
  );
  const tags = chance.some(['team', 'owner', 'purpose']);
  if (tags.length > 0)
    await iam.send(
      new TagUserCommand({ UserName, Tags: tags.map((Key) => ({ Key, Value: chance.words().slice(0, 100) })) }),
    );
  for (const PolicyName of chance.some(inlineNames))
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName, PolicyDocument: document(chance) }));
  for (const name of chance.some(managed))
    if (name !== 'AWSDenyAll' || chance.happens(30))
      await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: arn(name) }));
  const keys: string[] = [];
  for (let count = chance.between(1, 2); count > 0; count--) {
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    const AccessKeyId = AccessKey?.AccessKeyId ?? '';
    keys.push(AccessKeyId);
    if (chance.happens(25)) await iam.send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status: 'Inactive' }));
  }
  return { UserName, userId: User?.UserId ?? '', key: keys[chance.between(0, keys.length - 1)] ?? '' };
};

const ofUser: Generate = async (stage, chance) => {
  const { UserName: userName, userId, key } = await makeUser(stage, chance);
  // The thief leaves no room among the inline policies; whether there was any is the owner's doing.
  if (chance.happens(20)) await fillInlinePolicies(stage, userName).catch(() => 'there was none');
  const { account, region, now: at } = stage;
  const byHealth = healthEvent({
    code: chance.oneOf(['AWS_RISK_CREDENTIALS_EXPOSED', 'AWS_RISK_CREDENTIALS_COMPROMISED']),
    keys: [{ id: key, userName }],
    account,
    region: 'us-east-1',
    at,
  });
  const stolen = chance.happens(30) ? sessionKeyOf(account, userId) : key;
  const byGuardDuty = guardDutyEvent({
    type: chance.oneOf(['CredentialAccess:IAMUser/CompromisedCredentials', 'Persistence:IAMUser/AnomalousBehavior']),
    severity: chance.between(4, 9),
    account,
    region,
    at,
    resource: { accessKey: { id: stolen, userName, userType: 'IAMUser', principalId: userId } },
  });
  return {
    finding: chance.happens(50) ? byHealth : byGuardDuty,
    options: { keys: chance.oneOf(['leaked', 'all']) },
  };
};

const ofRole = async (stage: Stage, chance: Chance): Promise<Generated> => {
  const { roleName: RoleName, roleId } = await makeRole(stage, 'generated');
  const iam = stage.aws(IAMClient);
  for (const PolicyName of chance.some(inlineNames))
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: document(chance) }));
  for (const name of chance.some(managed.slice(0, 2)))
    await iam.send(
      new AttachRolePolicyCommand({ RoleName, PolicyArn: `arn:${stage.partition}:iam::aws:policy/${name}` }),
    );
  const principalId = `${roleId}:${chance.oneOf(['i-0a1b2c3d4e5f60001', 'deploy', 'odd+session=,.@-'])}`;
  const { account, region, now: at } = stage;
  return {
    finding: guardDutyEvent({
      type: 'UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS',
      severity: 8,
      account,
      region,
      at,
      resource: {
        accessKey: { id: sessionKeyOf(account, principalId), userName: RoleName, userType: 'AssumedRole', principalId },
      },
    }),
  };
};

const generate: Generate = (stage, chance) => (chance.happens(75) ? ofUser(stage, chance) : ofRole(stage, chance));

export default generate;
