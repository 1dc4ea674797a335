// Security groups and their rules.
import type {
  AuthorizeSecurityGroupEgressRequest,
  AuthorizeSecurityGroupEgressResult,
  CreateSecurityGroupRequest,
  CreateSecurityGroupResult,
  DeleteSecurityGroupRequest,
  DeleteSecurityGroupResult,
  DescribeSecurityGroupRulesRequest,
  DescribeSecurityGroupRulesResult,
  DescribeSecurityGroupsRequest,
  DescribeSecurityGroupsResult,
  IpPermission,
  RevokeSecurityGroupEgressRequest,
  RevokeSecurityGroupEgressResult,
  SecurityGroup,
  SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import type { Ec2, RuleRecord, SecurityGroupRecord, VpcRecord } from './ec2-records.ts';
import { arn, chosen, ec2Slice, found, matches, page, tagNew, tagsOf } from './ec2-state.ts';
import { defaultVpc } from './ec2-vpc.ts';
import { awsError } from './errors.ts';
import type { Request } from './model.ts';

type Bare = Omit<RuleRecord, 'SecurityGroupRuleId'>;

const groupOf = (ec2: Ec2, id: string | undefined): SecurityGroupRecord =>
  found(ec2.securityGroups, id, 'InvalidGroup.NotFound', 'security group');

/** Rules per direction and group; a quota that can be raised. */
const rulesPerDirection = 60;

const everywhere = (vpc: VpcRecord, newId: Request['newId']): RuleRecord[] => {
  const open = { IsEgress: true, IpProtocol: '-1', FromPort: -1, ToPort: -1 };
  const v4 = { ...open, SecurityGroupRuleId: newId('sgr'), CidrIpv4: '0.0.0.0/0' };
  return vpc.Ipv6CidrBlock ? [v4, { ...open, SecurityGroupRuleId: newId('sgr'), CidrIpv6: '::/0' }] : [v4];
};

/** The group `default` that each VPC comes with: everything from itself, everything outwards. */
export const addDefaultGroup = (ec2: Ec2, vpc: VpcRecord, newId: Request['newId']): void => {
  const GroupId = newId('sg');
  const own = { SecurityGroupRuleId: newId('sgr'), IsEgress: false, IpProtocol: '-1', FromPort: -1, ToPort: -1 };
  ec2.securityGroups[GroupId] = {
    GroupId,
    GroupName: 'default',
    Description: 'default VPC security group',
    VpcId: vpc.VpcId,
    rules: [{ ...own, ReferencedGroupId: GroupId }, ...everywhere(vpc, newId)],
  };
};

export const createSecurityGroup = (input: CreateSecurityGroupRequest, request: Request): CreateSecurityGroupResult => {
  const ec2 = ec2Slice(request);
  const { GroupName = '', Description = '' } = input;
  const vpc = input.VpcId
    ? found(ec2.vpcs, input.VpcId, 'InvalidVpcID.NotFound', 'vpc ID')
    : defaultVpc(ec2, request, addDefaultGroup);
  if (GroupName.startsWith('sg-') || GroupName === '' || GroupName.length > 255) {
    throw awsError('InvalidParameterValue', `Value (${GroupName}) for parameter GroupName is invalid.`);
  }
  // AWS compares the names without regard to case.
  const taken = Object.values(ec2.securityGroups).some(
    (group) => group.VpcId === vpc.VpcId && group.GroupName.toLowerCase() === GroupName.toLowerCase(),
  );
  if (taken) {
    throw awsError('InvalidGroup.Duplicate', `The security group '${GroupName}' already exists for VPC '${vpc.VpcId}'`);
  }
  const GroupId = request.newId('sg');
  tagNew(ec2, GroupId, input.TagSpecifications, 'security-group');
  ec2.securityGroups[GroupId] = {
    GroupId,
    GroupName,
    Description,
    VpcId: vpc.VpcId,
    rules: everywhere(vpc, request.newId),
  };
  return { GroupId, Tags: tagsOf(ec2, GroupId), SecurityGroupArn: arn(request, `security-group/${GroupId}`) };
};

const permissions = (group: SecurityGroupRecord, egress: boolean, account: string): IpPermission[] => {
  const byPorts = new Map<
    string,
    Required<Pick<IpPermission, 'IpRanges' | 'Ipv6Ranges' | 'PrefixListIds' | 'UserIdGroupPairs'>> & IpPermission
  >();
  for (const rule of group.rules.filter(({ IsEgress }) => IsEgress === egress)) {
    const key = `${rule.IpProtocol} ${rule.FromPort} ${rule.ToPort}`;
    const permission = byPorts.get(key) ?? {
      IpProtocol: rule.IpProtocol,
      ...(rule.IpProtocol === '-1' ? {} : { FromPort: rule.FromPort, ToPort: rule.ToPort }),
      IpRanges: [],
      Ipv6Ranges: [],
      PrefixListIds: [],
      UserIdGroupPairs: [],
    };
    byPorts.set(key, permission);
    const described = rule.Description === undefined ? {} : { Description: rule.Description };
    if (rule.CidrIpv4) permission.IpRanges?.push({ CidrIp: rule.CidrIpv4, ...described });
    if (rule.CidrIpv6) permission.Ipv6Ranges?.push({ CidrIpv6: rule.CidrIpv6, ...described });
    if (rule.PrefixListId) permission.PrefixListIds?.push({ PrefixListId: rule.PrefixListId, ...described });
    if (rule.ReferencedGroupId) {
      permission.UserIdGroupPairs?.push({ GroupId: rule.ReferencedGroupId, UserId: account, ...described });
    }
  }
  return [...byPorts.values()];
};

export const describeSecurityGroups = (
  input: DescribeSecurityGroupsRequest,
  request: Request,
): DescribeSecurityGroupsResult => {
  const ec2 = ec2Slice(request);
  const named = input.GroupNames?.length
    ? Object.values(ec2.securityGroups).filter(({ GroupName }) => input.GroupNames?.includes(GroupName))
    : chosen(ec2.securityGroups, input.GroupIds, 'InvalidGroup.NotFound', 'security group');
  const groups = named.filter((group) =>
    matches(
      input.Filters,
      {
        'vpc-id': [group.VpcId],
        'group-id': [group.GroupId],
        'group-name': [group.GroupName],
        description: [group.Description],
        'owner-id': [request.account],
        'ip-permission.group-id': group.rules.filter((rule) => !rule.IsEgress).map((rule) => rule.ReferencedGroupId),
        'egress.ip-permission.group-id': group.rules
          .filter((rule) => rule.IsEgress)
          .map((rule) => rule.ReferencedGroupId),
      },
      tagsOf(ec2, group.GroupId),
    ),
  );
  const { items, ...next } = page(groups, input);
  const SecurityGroups = items.map(
    (group): SecurityGroup => ({
      GroupId: group.GroupId,
      GroupName: group.GroupName,
      Description: group.Description,
      VpcId: group.VpcId,
      OwnerId: request.account,
      SecurityGroupArn: arn(request, `security-group/${group.GroupId}`),
      IpPermissions: permissions(group, false, request.account),
      IpPermissionsEgress: permissions(group, true, request.account),
      Tags: tagsOf(ec2, group.GroupId),
    }),
  );
  return { SecurityGroups, ...next };
};

export const deleteSecurityGroup = (input: DeleteSecurityGroupRequest, request: Request): DeleteSecurityGroupResult => {
  const ec2 = ec2Slice(request);
  const named = Object.values(ec2.securityGroups).find(({ GroupName }) => GroupName === input.GroupName);
  const group = groupOf(ec2, input.GroupId ?? named?.GroupId);
  if (group.GroupName === 'default') {
    throw awsError(
      'CannotDelete',
      `the specified group: "${group.GroupId}" name: "default" cannot be deleted by a user`,
    );
  }
  const attached = Object.values(ec2.networkInterfaces).some(({ Groups }) => Groups.includes(group.GroupId));
  const referenced = Object.values(ec2.securityGroups).some(
    ({ GroupId, rules }) =>
      GroupId !== group.GroupId && rules.some(({ ReferencedGroupId }) => ReferencedGroupId === group.GroupId),
  );
  if (attached || referenced) {
    throw awsError('DependencyViolation', `resource ${group.GroupId} has a dependent object`);
  }
  delete ec2.securityGroups[group.GroupId];
  delete ec2.tags[group.GroupId];
  return { Return: true, GroupId: group.GroupId };
};

const describeRule = (ec2: Ec2, group: SecurityGroupRecord, rule: RuleRecord, request: Request): SecurityGroupRule => ({
  SecurityGroupRuleId: rule.SecurityGroupRuleId,
  SecurityGroupRuleArn: arn(request, `security-group-rule/${rule.SecurityGroupRuleId}`),
  GroupId: group.GroupId,
  GroupOwnerId: request.account,
  IsEgress: rule.IsEgress,
  IpProtocol: rule.IpProtocol,
  FromPort: rule.FromPort,
  ToPort: rule.ToPort,
  ...(rule.Description === undefined ? {} : { Description: rule.Description }),
  ...(rule.CidrIpv4 ? { CidrIpv4: rule.CidrIpv4 } : {}),
  ...(rule.CidrIpv6 ? { CidrIpv6: rule.CidrIpv6 } : {}),
  ...(rule.PrefixListId ? { PrefixListId: rule.PrefixListId } : {}),
  ...(rule.ReferencedGroupId
    ? {
        ReferencedGroupInfo: {
          GroupId: rule.ReferencedGroupId,
          UserId: request.account,
          VpcId: ec2.securityGroups[rule.ReferencedGroupId]?.VpcId,
        },
      }
    : {}),
  Tags: tagsOf(ec2, rule.SecurityGroupRuleId),
});

export const describeSecurityGroupRules = (
  input: DescribeSecurityGroupRulesRequest,
  request: Request,
): DescribeSecurityGroupRulesResult => {
  const ec2 = ec2Slice(request);
  const all = Object.values(ec2.securityGroups).flatMap((group) => group.rules.map((rule) => ({ group, rule })));
  const byId = Object.fromEntries(all.map((each) => [each.rule.SecurityGroupRuleId, each]));
  const rules = chosen(
    byId,
    input.SecurityGroupRuleIds,
    'InvalidSecurityGroupRuleId.NotFound',
    'security group rule ID',
  )
    .filter(({ group, rule }) =>
      matches(
        input.Filters,
        { 'group-id': [group.GroupId], 'security-group-rule-id': [rule.SecurityGroupRuleId] },
        tagsOf(ec2, rule.SecurityGroupRuleId),
      ),
    )
    .map(({ group, rule }) => describeRule(ec2, group, rule, request));
  const { items, ...next } = page(rules, input);
  return { SecurityGroupRules: items, ...next };
};

type PermissionInput = Pick<
  AuthorizeSecurityGroupEgressRequest,
  'IpPermissions' | 'CidrIp' | 'IpProtocol' | 'FromPort' | 'ToPort'
>;

/** Takes permissions apart into rules of one peer each. */
const rulesIn = (
  input: PermissionInput,
  egress: boolean,
): { readonly permission: IpPermission; readonly rule: Bare }[] => {
  const { CidrIp, IpProtocol, FromPort, ToPort } = input;
  const flat: IpPermission[] = CidrIp ? [{ IpProtocol, FromPort, ToPort, IpRanges: [{ CidrIp }] }] : [];
  return [...(input.IpPermissions ?? []), ...flat].flatMap((permission) => {
    const protocol =
      { '6': 'tcp', '17': 'udp', '1': 'icmp', all: '-1' }[permission.IpProtocol ?? ''] ?? permission.IpProtocol;
    const all = protocol === '-1';
    const base = {
      IsEgress: egress,
      IpProtocol: protocol ?? '-1',
      FromPort: all ? -1 : (permission.FromPort ?? -1),
      ToPort: all ? -1 : (permission.ToPort ?? -1),
    };
    const one = (peer: Partial<Bare>, Description: string | undefined, part: IpPermission) => ({
      permission: { ...permission, IpRanges: [], Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [], ...part },
      rule: { ...base, ...(Description === undefined ? {} : { Description }), ...peer },
    });
    return [
      ...(permission.IpRanges ?? []).map((range) =>
        one(range.CidrIp ? { CidrIpv4: range.CidrIp } : {}, range.Description, { IpRanges: [range] }),
      ),
      ...(permission.Ipv6Ranges ?? []).map((range) =>
        one(range.CidrIpv6 ? { CidrIpv6: range.CidrIpv6 } : {}, range.Description, { Ipv6Ranges: [range] }),
      ),
      ...(permission.PrefixListIds ?? []).map((list) =>
        one(list.PrefixListId ? { PrefixListId: list.PrefixListId } : {}, list.Description, { PrefixListIds: [list] }),
      ),
      ...(permission.UserIdGroupPairs ?? []).map((pair) =>
        one(pair.GroupId ? { ReferencedGroupId: pair.GroupId } : {}, pair.Description, { UserIdGroupPairs: [pair] }),
      ),
    ];
  });
};

const sameRule = (a: Bare, b: Bare): boolean =>
  a.IsEgress === b.IsEgress &&
  a.IpProtocol === b.IpProtocol &&
  a.FromPort === b.FromPort &&
  a.ToPort === b.ToPort &&
  a.CidrIpv4 === b.CidrIpv4 &&
  a.CidrIpv6 === b.CidrIpv6 &&
  a.PrefixListId === b.PrefixListId &&
  a.ReferencedGroupId === b.ReferencedGroupId;

type AuthorizeInput = PermissionInput &
  Pick<AuthorizeSecurityGroupEgressRequest, 'TagSpecifications'> & { GroupId?: string | undefined };

const authorize =
  (egress: boolean) =>
  (input: AuthorizeInput, request: Request): AuthorizeSecurityGroupEgressResult => {
    const ec2 = ec2Slice(request);
    const group = groupOf(ec2, input.GroupId);
    const rules = rulesIn(input, egress).map(({ rule }) => rule);
    if (rules.length === 0) throw awsError('MissingParameter', 'The request must contain the parameter ipPermissions');
    for (const rule of rules) {
      if (rule.ReferencedGroupId) groupOf(ec2, rule.ReferencedGroupId);
      if (group.rules.some((existing) => sameRule(existing, rule))) {
        throw awsError('InvalidPermission.Duplicate', 'the specified rule already exists');
      }
    }
    if (group.rules.filter(({ IsEgress }) => IsEgress === egress).length + rules.length > rulesPerDirection) {
      throw awsError(
        'RulesPerSecurityGroupLimitExceeded',
        'The maximum number of rules per security group has been reached.',
      );
    }
    const added = rules.map((rule): RuleRecord => ({ ...rule, SecurityGroupRuleId: request.newId('sgr') }));
    for (const rule of added) tagNew(ec2, rule.SecurityGroupRuleId, input.TagSpecifications, 'security-group-rule');
    group.rules.push(...added);
    return { Return: true, SecurityGroupRules: added.map((rule) => describeRule(ec2, group, rule, request)) };
  };

type RevokeInput = PermissionInput &
  Pick<RevokeSecurityGroupEgressRequest, 'SecurityGroupRuleIds'> & { GroupId?: string | undefined };

const revoke =
  (egress: boolean) =>
  (input: RevokeInput, request: Request): RevokeSecurityGroupEgressResult => {
    const ec2 = ec2Slice(request);
    const group = groupOf(ec2, input.GroupId);
    const ofDirection = group.rules.filter(({ IsEgress }) => IsEgress === egress);
    const byId = Object.fromEntries(ofDirection.map((rule) => [rule.SecurityGroupRuleId, rule]));
    const named = (input.SecurityGroupRuleIds ?? []).map((id) =>
      found(byId, id, 'InvalidSecurityGroupRuleId.NotFound', 'security group rule ID'),
    );
    const asked = rulesIn(input, egress).map(({ permission, rule }) => ({
      permission,
      match: ofDirection.find((existing) => sameRule(existing, rule)),
    }));
    const unknown = asked.filter(({ match }) => !match).map(({ permission }) => permission);
    // In a default VPC AWS passes over what doesn't match and says so in the answer only.
    if (unknown.length > 0 && !ec2.vpcs[group.VpcId]?.IsDefault) {
      throw awsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
    }
    const going = new Set([...named, ...asked.flatMap(({ match }) => (match ? [match] : []))]);
    group.rules = group.rules.filter((rule) => !going.has(rule));
    for (const { SecurityGroupRuleId } of going) delete ec2.tags[SecurityGroupRuleId];
    return {
      Return: true,
      UnknownIpPermissions: unknown,
      RevokedSecurityGroupRules: [...going].map((rule) => ({
        SecurityGroupRuleId: rule.SecurityGroupRuleId,
        GroupId: group.GroupId,
        IsEgress: rule.IsEgress,
        IpProtocol: rule.IpProtocol,
        FromPort: rule.FromPort,
        ToPort: rule.ToPort,
        ...(rule.CidrIpv4 ? { CidrIpv4: rule.CidrIpv4 } : {}),
        ...(rule.CidrIpv6 ? { CidrIpv6: rule.CidrIpv6 } : {}),
        ...(rule.PrefixListId ? { PrefixListId: rule.PrefixListId } : {}),
        ...(rule.ReferencedGroupId ? { ReferencedGroupId: rule.ReferencedGroupId } : {}),
        ...(rule.Description === undefined ? {} : { Description: rule.Description }),
      })),
    };
  };

export const authorizeSecurityGroupIngress = authorize(false);
export const authorizeSecurityGroupEgress = authorize(true);
export const revokeSecurityGroupIngress = revoke(false);
export const revokeSecurityGroupEgress = revoke(true);
