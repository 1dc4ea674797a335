// The tag that tells everybody who looks at an instance which incidents have hold of it.
import { CreateTagsCommand, DeleteTagsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { gone } from '../language/aws.ts';
import { setting } from '../language/setting.ts';
import { allow, allowOn } from '../language/statement.ts';
import { describeInstance, ec2SettleSeconds, everyEc2, type InstanceId } from './ec2.ts';

const key = 'firebreak:incident';

const incidentsIn = (value: string | null): readonly string[] => (value ?? '').split(' ').filter(Boolean);

/** The incidents' ids with a space between, sorted; null without the tag, which is something else than a tag without a value. */
export const incidentTag = setting<InstanceId, string | null>({
  name: 'ec2/incident-tag',
  version: 2,
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
    const tag = instance.Tags?.find(({ Key }) => Key === key);
    return tag ? (tag.Value ?? '') : null;
  },
  write: async (aws, id, to) => {
    if (to === null) await aws(EC2Client).send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: key }] }));
    else await aws(EC2Client).send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key: key, Value: to }] }));
  },
  combine: (values) => [...new Set(values.flatMap(incidentsIn))].toSorted().join(' ') || null,
  say: (value) => (value === null ? 'no incident' : `tagged ${value || 'with nothing'}`),
});
