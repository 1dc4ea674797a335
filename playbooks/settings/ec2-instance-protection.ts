// What keeps an instance and its volumes from vanishing: termination, stop, shutdown from within, and volumes that go along.
import {
  DescribeInstanceAttributeCommand,
  type DescribeInstanceAttributeCommandOutput,
  EC2Client,
  ModifyInstanceAttributeCommand,
  type ModifyInstanceAttributeCommandInput,
} from '@aws-sdk/client-ec2';
import { type Aws, type Gone, gone, unless } from '../language/aws.ts';
import type { Json } from '../language/json.ts';
import { setting } from '../language/setting.ts';
import { allow, allowOn, type Statement } from '../language/statement.ts';
import { describeInstance, ec2SettleSeconds, everyEc2, type InstanceId } from './ec2.ts';

/**
 * The action can also replace the user data, which is code that runs as root. The condition is a denial in form, because AWS is not
 * consistent about which requests carry the attribute's name, nor how it is spelt: a missing name must not stop containment.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
const write: readonly Statement[] = [
  allowOn([everyEc2('instance'), everyEc2('volume')], ['ec2:ModifyInstanceAttribute'], {
    StringNotEqualsIgnoreCaseIfExists: { 'ec2:Attribute': 'UserData' },
  }),
];

type Attribute<Value extends Json> = {
  readonly name: `${string}/${string}`;
  readonly attribute: 'disableApiTermination' | 'disableApiStop' | 'instanceInitiatedShutdownBehavior';
  readonly from: (answer: DescribeInstanceAttributeCommandOutput) => Value;
  readonly input: (to: Value) => Partial<ModifyInstanceAttributeCommandInput>;
  readonly say: (value: Value) => string;
};

const modify = async (aws: Aws, input: ModifyInstanceAttributeCommandInput): Promise<void> => {
  await aws(EC2Client).send(new ModifyInstanceAttributeCommand(input));
};

/** One attribute a call, in either direction. The attribute of a terminated instance can still be read, hence the second look. */
const attributeOf = <Value extends Json>({ name, attribute, from, input, say }: Attribute<Value>) =>
  setting<InstanceId, Value>({
    name,
    version: 1,
    scope: 'regional',
    permissions: {
      read: [allow('ec2:DescribeInstances'), allowOn([everyEc2('instance')], ['ec2:DescribeInstanceAttribute'])],
      write,
    },
    settleSeconds: ec2SettleSeconds,
    read: async (aws, id): Promise<Value | Gone> => {
      const [instance, answer] = await Promise.all([
        describeInstance(aws, id),
        unless(['InvalidInstanceID.NotFound'], gone, () =>
          aws(EC2Client).send(new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: attribute })),
        ),
      ]);
      return instance === gone || answer === gone ? gone : from(answer);
    },
    write: (aws, id, to) => modify(aws, { InstanceId: id, ...input(to) }),
    say,
  });

/**
 * Not for Spot instances; and it stops neither Auto Scaling nor a shutdown from within.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_ChangingDisableAPITermination.html
 */
export const terminationProtection = attributeOf<boolean>({
  name: 'ec2/termination-protection',
  attribute: 'disableApiTermination',
  from: ({ DisableApiTermination }) => DisableApiTermination?.Value ?? false,
  input: (to) => ({ DisableApiTermination: { Value: to } }),
  say: (value) => (value ? 'protected from termination' : 'can be terminated'),
});

/**
 * Not for Spot instances, nor for those whose root is instance store.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-stop-protection.html
 */
export const stopProtection = attributeOf<boolean>({
  name: 'ec2/stop-protection',
  attribute: 'disableApiStop',
  from: ({ DisableApiStop }) => DisableApiStop?.Value ?? false,
  input: (to) => ({ DisableApiStop: { Value: to } }),
  say: (value) => (value ? 'protected from being stopped' : 'can be stopped'),
});

/** What a shutdown from within the instance does: whoever is root there can end it in spite of termination protection. */
export const shutdownBehavior = attributeOf<'stop' | 'terminate'>({
  name: 'ec2/shutdown-behavior',
  attribute: 'instanceInitiatedShutdownBehavior',
  from: ({ InstanceInitiatedShutdownBehavior }) =>
    InstanceInitiatedShutdownBehavior?.Value === 'terminate' ? 'terminate' : 'stop',
  input: (to) => ({ InstanceInitiatedShutdownBehavior: { Value: to } }),
  say: (value) => (value === 'stop' ? 'a shutdown from within stops it' : 'a shutdown from within terminates it'),
});

/** An instance and a device of it: `i-0123456789abcdef0//dev/xvda`. */
export type DeviceId = `i-${string}/${string}`;

const deviceOf = (id: DeviceId): { readonly instance: string; readonly device: string } => {
  const slash = id.indexOf('/');
  return { instance: id.slice(0, slash), device: id.slice(slash + 1) };
};

/** Whether the volume on a device outlives the instance. */
export const volumeRetention = setting<DeviceId, 'kept' | 'deleted'>({
  name: 'ec2/volume-retention',
  version: 1,
  scope: 'regional',
  permissions: { read: [allow('ec2:DescribeInstances')], write },
  settleSeconds: ec2SettleSeconds,
  read: async (aws, id) => {
    const { instance: instanceId, device } = deviceOf(id);
    const instance = await describeInstance(aws, instanceId);
    if (instance === gone) return gone;
    const mapping = instance.BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === device);
    if (!mapping?.Ebs) return gone;
    return mapping.Ebs.DeleteOnTermination ? 'deleted' : 'kept';
  },
  write: (aws, id, to) => {
    const { instance, device } = deviceOf(id);
    return modify(aws, {
      InstanceId: instance,
      BlockDeviceMappings: [{ DeviceName: device, Ebs: { DeleteOnTermination: to === 'deleted' } }],
    });
  },
  say: (value) => (value === 'kept' ? 'kept when the instance ends' : 'deleted with the instance'),
});
