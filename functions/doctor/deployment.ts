// What is looked at of a responder that is deployed, whoever looks: the scheduled doctor, or a person.
import type { Aws } from '../../playbooks/language/aws.ts';
import type { ReadSwitch } from '../rails/switch.ts';
import { noticesTopic } from './installed.ts';
import { checkQueues } from './queues.ts';
import { checkRoles } from './roles.ts';
import { checkRules } from './rules.ts';
import { checkSwitch } from './switch.ts';
import { checkTopic } from './topic.ts';
import type { Tools, Verdict } from './verdict.ts';

export interface Deployment {
  readonly readSwitch: ReadSwitch | undefined;
  /** Clients that may call functions, for the question to each playbook's; all else is read. */
  readonly asking: Aws;
}

export const checkDeployment = async (
  tools: Tools,
  { readSwitch, asking }: Deployment,
): Promise<readonly Verdict[]> => {
  const all = await Promise.all([
    checkRules(tools),
    checkRoles({ ...tools, aws: asking }),
    checkTopic(tools, noticesTopic(tools.aws)),
    checkSwitch(tools, readSwitch),
    checkQueues(tools),
  ]);
  return all.flat();
};
