// The three files that a new playbook begins with. They compile and play; what they do is for the author to replace.

const title = (name: string): string => {
  const [verb = '', ...object] = name.split('-');
  return `${verb[0]?.toUpperCase()}${verb.slice(1)} ${object.join(' ')}`;
};

const playbook = (name: string): string => `import { DescribeInstancesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { instanceDescription } from '../evidence/ec2-instance-description.ts';
import { guardDuty } from '../language/answer.ts';
import { gone } from '../language/aws.ts';
import { playbook } from '../language/playbook.ts';
import { allow } from '../language/statement.ts';
import { ec2Instance } from '../resources/ec2.ts';
import { terminationProtection } from '../settings/ec2-instance-protection.ts';

export default playbook({
  title: '${title(name)}',
  containment: 'source',
  resource: ec2Instance,
  answers: [guardDuty('Example:EC2/${title(name).replaceAll(' ', '')}')],
  approval: 'automatic',
  settings: { protection: terminationProtection },
  evidence: { description: instanceDescription },
  permissions: [allow('ec2:DescribeInstances')],
  observe: async ({ id }, aws) => {
    const { Reservations } = await aws(EC2Client).send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    const [instance] = Reservations?.[0]?.Instances ?? [];
    return instance ? { id: id as \`i-\${string}\`, type: instance.InstanceType ?? '' } : gone;
  },
  preserve: (seen, take) => [take.description(seen.id, seen)],
  contain: (seen, set) => [set.protection(seen.id, true)],
  residual: () => ['Say what this does not close.'],
});
`;

const scenario = (name: string): string => `import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeInstanceAttributeCommand,
  EC2Client,
  ModifyInstanceAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { guardDutyEvent } from '../events/guardduty.ts';
import { scenario } from '../language/scenario.ts';

const simple = scenario({
  title: 'Say in half a sentence what has happened',
  story: 'Two sentences: what the attacker did, and what makes it worth practising.',
  arrange: async ({ aws }) => {
    const ec2 = aws(EC2Client);
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }));
    const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.1.0/24' }));
    const { Instances } = await ec2.send(
      new RunInstancesCommand({ ImageId: 'ami-12345678', InstanceType: 't3.micro', SubnetId: Subnet?.SubnetId, MinCount: 1, MaxCount: 1 }),
    );
    return { instance: Instances?.[0]?.InstanceId ?? '' };
  },
  finding: ({ instance }, { account, region, now }) =>
    guardDutyEvent({
      type: 'Example:EC2/${title(name).replaceAll(' ', '')}',
      severity: 8,
      account,
      region,
      at: now,
      role: 'ACTOR',
      resource: { instance: { id: instance } },
    }),
  harm: async ({ instance }, { aws }) => {
    const { DisableApiTermination } = await aws(EC2Client).send(
      new DescribeInstanceAttributeCommand({ InstanceId: instance, Attribute: 'disableApiTermination' }),
    );
    return DisableApiTermination?.Value !== true;
  },
  cleanUp: async ({ instance }, { aws }) => {
    const ec2 = aws(EC2Client);
    await ec2.send(new ModifyInstanceAttributeCommand({ InstanceId: instance, DisableApiTermination: { Value: false } }));
    await ec2.send(new TerminateInstancesCommand({ InstanceIds: [instance] }));
  },
});

export default { simple };
`;

const readme = (name: string): string => `# ${name}

<!-- generated -->
<!-- /generated -->

## Why

Which attack this stops, and why these settings stop it.

## When not

Whom it would harm, and what to use instead.

## By hand

The AWS CLI commands that do the same, and those that undo it.

## What it leaves open

What a responder must still think of.

## Not done, and why

Steps that others take and this does not.
`;

/** By file name. */
export const templates = (name: string): Readonly<Record<string, string>> => ({
  'playbook.ts': playbook(name),
  'scenario.ts': scenario(name),
  'README.md': readme(name),
});
