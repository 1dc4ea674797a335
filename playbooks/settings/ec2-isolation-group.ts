// The security group that isolates: found by its tag and its rules, never by its name; made where there is none; deleted with its last user.
import {
  AuthorizeSecurityGroupEgressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  DescribePrefixListsCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
  type Filter,
  type IpPermission,
  RevokeSecurityGroupEgressCommand,
  type SecurityGroup,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import { type Aws, unless } from '../language/aws.ts';
import { allow, allowOn, type Statement } from '../language/statement.ts';
import { everyEc2 } from './ec2.ts';

/** 'sealed' has no rule at all; 'forensic' lets the Systems Manager agent out to the VPC's own endpoints, and nothing else. */
export type Isolation = 'sealed' | 'forensic';

const tag = 'firebreak:isolation';
const ours = { StringEquals: { [`aws:ResourceTag/${tag}`]: ['sealed', 'forensic'] } };

export const isolationGroupPermissions: { readonly read: readonly Statement[]; readonly write: readonly Statement[] } =
  {
    read: [allow('ec2:DescribeSecurityGroups', 'ec2:DescribeVpcEndpoints', 'ec2:DescribePrefixLists')],
    write: [
      allow('ec2:DescribeSecurityGroupRules'),
      allowOn([everyEc2('security-group')], ['ec2:CreateSecurityGroup'], {
        StringEquals: { [`aws:RequestTag/${tag}`]: ['sealed', 'forensic'] },
      }),
      allowOn([everyEc2('vpc')], ['ec2:CreateSecurityGroup']),
      allowOn([everyEc2('security-group')], ['ec2:CreateTags'], {
        StringEquals: { 'ec2:CreateAction': 'CreateSecurityGroup' },
      }),
      allowOn(
        [everyEc2('security-group')],
        ['ec2:RevokeSecurityGroupEgress', 'ec2:AuthorizeSecurityGroupEgress', 'ec2:DeleteSecurityGroup'],
        ours,
      ),
    ],
  };

/** How often AWS may answer that somebody was faster, or show an old state, before it is given up. */
const triesMax = 5;
/** Names that are tried when those before are taken by groups that are not fit. */
const namesMax = 20;

/** A rule in one spelling: protocol, ports, and the one peer that it lets through. */
type Rule = string;

const spell = (protocol?: string, from?: number, to?: number, peer?: string): Rule =>
  protocol === '-1' ? `all ${peer}` : `${protocol} ${from}-${to} ${peer}`;

const rulesOf = (permissions: readonly IpPermission[] = []): readonly Rule[] =>
  permissions.flatMap(({ IpProtocol, FromPort, ToPort, IpRanges, Ipv6Ranges, PrefixListIds, UserIdGroupPairs }) =>
    [
      ...(IpRanges ?? []).map(({ CidrIp }) => CidrIp),
      ...(Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6),
      ...(PrefixListIds ?? []).map(({ PrefixListId }) => PrefixListId),
      ...(UserIdGroupPairs ?? []).map(({ GroupId }) => GroupId),
    ].map((peer) => spell(IpProtocol, FromPort, ToPort, peer)),
  );

const spellRule = (rule: SecurityGroupRule): Rule =>
  spell(
    rule.IpProtocol,
    rule.FromPort,
    rule.ToPort,
    rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.PrefixListId ?? rule.ReferencedGroupInfo?.GroupId,
  );

/**
 * What AWS gives every new group; the second only where the VPC has an IPv6 block.
 * https://docs.aws.amazon.com/vpc/latest/userguide/creating-security-groups.html
 */
const defaultRules: readonly Rule[] = ['all 0.0.0.0/0', 'all ::/0'];

const isExactly = (group: SecurityGroup, wanted: readonly Rule[]): boolean => {
  const found = rulesOf(group.IpPermissionsEgress);
  return (
    (group.IpPermissions ?? []).length === 0 &&
    found.length === wanted.length &&
    wanted.every((rule) => found.includes(rule))
  );
};

export const isolationOf = (group: SecurityGroup): Isolation | undefined => {
  const value = group.Tags?.find(({ Key }) => Key === tag)?.Value;
  return value === 'sealed' || value === 'forensic' ? value : undefined;
};

const describeGroups = async (aws: Aws, ...filters: readonly Filter[]): Promise<readonly SecurityGroup[]> => {
  const groups: SecurityGroup[] = [];
  let token: string | undefined;
  do {
    const page = await aws(EC2Client).send(
      new DescribeSecurityGroupsCommand({ Filters: [...filters], ...(token && { NextToken: token }) }),
    );
    groups.push(...(page.SecurityGroups ?? []));
    token = page.NextToken;
  } while (token);
  return groups;
};

/** All groups of ours in the Region, of any VPC: there are few, and so they can be asked for side by side with an interface. */
export const ownGroups = (aws: Aws): Promise<readonly SecurityGroup[]> =>
  describeGroups(aws, { Name: 'tag-key', Values: [tag] });

/** Which of these groups are not there any more. */
export const missingGroups = async (aws: Aws, ids: readonly string[]): Promise<readonly string[]> => {
  const found = await describeGroups(aws, { Name: 'group-id', Values: [...ids] });
  return ids.filter((id) => !found.some(({ GroupId }) => GroupId === id));
};

/**
 * The rules that the group of a VPC must have, no more and no less. 'forensic' follows the endpoints that the VPC has now.
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
 */
const rulesWanted = async (aws: Aws, isolation: Isolation, vpc: string): Promise<readonly Rule[]> => {
  if (isolation === 'sealed') return [];
  const ec2 = aws(EC2Client);
  const [endpoints, lists] = await Promise.all([
    ec2.send(new DescribeVpcEndpointsCommand({ Filters: [{ Name: 'vpc-id', Values: [vpc] }] })),
    ec2.send(
      new DescribePrefixListsCommand({
        Filters: [{ Name: 'prefix-list-name', Values: [`com.amazonaws.${aws.region}.s3`] }],
      }),
    ),
  ]);
  const live = (endpoints.VpcEndpoints ?? []).filter(({ State }) => !/delet|fail|reject|expire/i.test(State ?? ''));
  const of = (...services: readonly string[]) =>
    live.filter(({ ServiceName }) => services.some((name) => ServiceName?.endsWith(`.${aws.region}.${name}`)));
  const groups = of('ssm', 'ssmmessages', 'ec2messages').flatMap(({ Groups }) => Groups ?? []);
  const toS3 = of('s3').some(({ VpcEndpointType }) => VpcEndpointType === 'Gateway');
  const peers = [
    ...groups.map(({ GroupId }) => GroupId),
    ...(toS3 ? (lists.PrefixLists ?? []).map(({ PrefixListId }) => PrefixListId) : []),
  ];
  return [...new Set(peers.map((peer) => spell('tcp', 443, 443, peer)))].toSorted();
};

/** Whether the group isolates as its tag says, judged by its rules. */
export const isSound = async (aws: Aws, group: SecurityGroup): Promise<boolean> => {
  const isolation = isolationOf(group);
  return isolation !== undefined && isExactly(group, await rulesWanted(aws, isolation, group.VpcId ?? ''));
};

const usersOf = async (aws: Aws, groups: readonly string[]): Promise<ReadonlySet<string | undefined>> => {
  if (groups.length === 0) return new Set();
  const { NetworkInterfaces = [] } = await aws(EC2Client).send(
    new DescribeNetworkInterfacesCommand({ Filters: [{ Name: 'group-id', Values: [...groups] }] }),
  );
  return new Set(NetworkInterfaces.flatMap(({ Groups }) => (Groups ?? []).map(({ GroupId }) => GroupId)));
};

/** A VPC's group, sound when it was last seen: the one there is, else a new one. Callers side by side end with the same. */
export const readyGroup = async (
  aws: Aws,
  isolation: Isolation,
  vpc: string,
  known: readonly SecurityGroup[],
): Promise<string> => {
  const wanted = await rulesWanted(aws, isolation, vpc);
  const sound = known
    .filter((group) => group.VpcId === vpc && isolationOf(group) === isolation && isExactly(group, wanted))
    .map(({ GroupId }) => GroupId ?? '')
    .toSorted();
  if (sound[0]) return sound[0];
  for (let number = 1; number <= namesMax; number++) {
    const name = `firebreak-${isolation}-${vpc}${number === 1 ? '' : `-${number}`}`;
    const made = (await create(aws, isolation, vpc, name)) ?? (await usable(aws, isolation, vpc, name, wanted));
    if (made !== undefined) return finish(aws, made, wanted);
  }
  throw new Error(
    `No isolation group could be made in ${vpc}: ${namesMax} groups named firebreak-${isolation}-${vpc}… exist and none is fit. ` +
      'Look at their rules in the VPC console, delete those that nothing uses, and run it again.',
  );
};

/** Makes the group, all open as AWS makes every group; undefined where the name is taken. */
const create = (aws: Aws, isolation: Isolation, vpc: string, name: string): Promise<string | undefined> =>
  unless(['InvalidGroup.Duplicate'], undefined, async () => {
    const { GroupId } = await aws(EC2Client).send(
      new CreateSecurityGroupCommand({
        GroupName: name,
        Description: 'Isolation by Firebreak. Judged by its rules: an edited group is not used any more.',
        VpcId: vpc,
        TagSpecifications: [{ ResourceType: 'security-group', Tags: [{ Key: tag, Value: isolation }] }],
      }),
    );
    return GroupId;
  });

/**
 * The group that has the name, where it is ours and either sound or still being made: by a caller side by side, or by one that died
 * between two calls. What something already uses is never rewritten; it is left alone and another name is taken.
 */
const usable = async (
  aws: Aws,
  isolation: Isolation,
  vpc: string,
  name: string,
  wanted: readonly Rule[],
): Promise<string | undefined> => {
  const [group] = await describeGroups(aws, { Name: 'vpc-id', Values: [vpc] }, { Name: 'group-name', Values: [name] });
  if (!group?.GroupId || isolationOf(group) !== isolation) return undefined;
  if (isExactly(group, wanted)) return group.GroupId;
  const inTheMaking =
    (group.IpPermissions ?? []).length === 0 &&
    rulesOf(group.IpPermissionsEgress).every((rule) => wanted.includes(rule) || defaultRules.includes(rule));
  const used = inTheMaking && (await usersOf(aws, [group.GroupId])).has(group.GroupId);
  return inTheMaking && !used ? group.GroupId : undefined;
};

/**
 * Gives the group its rules and sees for itself that it has them. Rules go by their ids: revoked by value, a rule that differs in
 * anything stays, and the call succeeds all the same.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupEgress.html
 */
const finish = async (aws: Aws, id: string, wanted: readonly Rule[]): Promise<string> => {
  const ec2 = aws(EC2Client);
  for (let tries = 0; tries < triesMax; tries++) {
    const answer = await ec2.send(
      new DescribeSecurityGroupRulesCommand({ Filters: [{ Name: 'group-id', Values: [id] }] }),
    );
    const egress = (answer.SecurityGroupRules ?? []).filter(({ IsEgress }) => IsEgress);
    const surplus = egress.filter((rule) => !wanted.includes(spellRule(rule)));
    const missing = wanted.filter((rule) => !egress.some((found) => spellRule(found) === rule));
    if (surplus.length > 0) await revoke(aws, id, surplus);
    if (missing.length > 0) await authorize(aws, id, missing);
    // Asked once more, of the group itself: a list of rules without a rule may also be an answer from before the group was there.
    const [group] = await describeGroups(aws, { Name: 'group-id', Values: [id] });
    if (group && isExactly(group, wanted)) return id;
  }
  throw new Error(
    `The isolation group ${id} does not get the rules it shall have (${wanted.join(', ') || 'none'}): somebody else may be editing it. ` +
      'It was not attached to anything. Run it again.',
  );
};

const revoke = (aws: Aws, id: string, rules: readonly SecurityGroupRule[]) =>
  unless(['InvalidSecurityGroupRuleId.NotFound', 'InvalidPermission.NotFound'], undefined, () =>
    aws(EC2Client).send(
      new RevokeSecurityGroupEgressCommand({
        GroupId: id,
        SecurityGroupRuleIds: rules.flatMap(({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? []),
      }),
    ),
  );

const authorize = (aws: Aws, id: string, rules: readonly Rule[]) => {
  const peers = rules.map((rule) => rule.split(' ')[2] ?? '');
  const groups = peers.filter((peer) => peer.startsWith('sg-'));
  const lists = peers.filter((peer) => peer.startsWith('pl-'));
  return unless(['InvalidPermission.Duplicate'], undefined, () =>
    aws(EC2Client).send(
      new AuthorizeSecurityGroupEgressCommand({
        GroupId: id,
        IpPermissions: [
          {
            IpProtocol: 'tcp',
            FromPort: 443,
            ToPort: 443,
            ...(groups.length > 0 && { UserIdGroupPairs: groups.map((GroupId) => ({ GroupId })) }),
            ...(lists.length > 0 && { PrefixListIds: lists.map((PrefixListId) => ({ PrefixListId })) }),
          },
        ],
      }),
    ),
  );
};

/**
 * Whether a group of ours lets nothing through but what we might have let through, or what AWS gave it before it was finished: an edited one
 * is kept, as it may be evidence.
 */
const isUnedited = (group: SecurityGroup): boolean =>
  (group.IpPermissions ?? []).length === 0 &&
  rulesOf(group.IpPermissionsEgress).every(
    (rule) => defaultRules.includes(rule) || (isolationOf(group) === 'forensic' && /^tcp 443-443 (sg|pl)-/.test(rule)),
  );

/** Deletes the VPC's isolation groups that nothing uses. Answers the ids of those that stay. */
export const retireGroups = async (aws: Aws, vpc: string): Promise<readonly string[]> => {
  const groups = (await ownGroups(aws)).filter(({ VpcId }) => VpcId === vpc);
  const users = await usersOf(
    aws,
    groups.map(({ GroupId }) => GroupId ?? ''),
  );
  const stay = await Promise.all(
    groups.map(async (group) => {
      const id = group.GroupId ?? '';
      if (users.has(id) || !isUnedited(group)) return [id];
      return unless(['DependencyViolation'], [id], () =>
        unless(['InvalidGroup.NotFound'], [], async () => {
          await aws(EC2Client).send(new DeleteSecurityGroupCommand({ GroupId: id }));
          return [];
        }),
      );
    }),
  );
  return stay.flat();
};
