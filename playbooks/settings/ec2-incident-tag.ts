// The tag that tells everybody who looks at an instance which incidents have hold of it.
import { CreateTagsCommand, DeleteTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { gone } from '../language/aws.ts';
import { setting } from '../language/setting.ts';
import { allow, allowOn } from '../language/statement.ts';
import { describeInstance, ec2SettleSeconds, everyEc2, type InstanceId } from './ec2.ts';

const key = 'firebreak:incident';
const none = 'none';

const incidentsIn = (value: string): readonly string[] => (value === none ? [] : value.split(' ').filter(Boolean));

/** The incidents' ids with a space between, sorted; 'none' without the tag. */
export const incidentTag = setting<InstanceId, string>({
  name: 'ec2/incident-tag',
  version: 1,
  scope: 'regional',
  permissions: {
    read: [allow('ec2:DescribeInstances')],
    write: [
      allowOn([everyEc2('instance')], ['ec2:CreateTags', 'ec2:DeleteTags'], {
        'ForAllValues:StringEquals': { 'aws:TagKeys': key },
      }),
    ],
  },
  settleSeconds: ec2SettleSeconds,
  read: async (aws, id) => {
    const instance = await describeInstance(aws, id);
    if (instance === gone) return gone;
    return instance.Tags?.find(({ Key }) => Key === key)?.Value || none;
  },
  write: async (aws, id, to) => {
    if (to === none) await aws(EC2Client).send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: key }] }));
    else await aws(EC2Client).send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: key, Value: to }] }));
  },
  combine: (values) => [...new Set(values.flatMap(incidentsIn))].toSorted().join(' ') || none,
  say: (value) => (value === none ? 'no incident' : `tagged ${value}`),
});
