// What a person chose in the Security Hub console: up to 20 findings, and the playbook that is to work on them.
// https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-custom-actions.html
import * as v from 'valibot';
import type { Finding } from '../../playbooks/language/finding.ts';
import { type Envelope, parse, type Unreadable, words } from './boundary.ts';
import { readFindings } from './securityhub.ts';
import { clean } from './text.ts';

/** Letters and digits only, 20 at most: what CreateActionTarget takes. */
const ACTION_ID_LENGTH_MAX = 20;

/** The id of the custom action that stands for a playbook. */
export const customActionId = (playbook: string): string => playbook.replaceAll('-', '').slice(0, ACTION_ID_LENGTH_MAX);

const detail = v.object({ actionName: v.nullish(words), actionDescription: v.nullish(words) });

export const readCustomAction = (event: Envelope): readonly (Finding | Unreadable)[] => {
  const [arn = ''] = event.resources;
  const [, actionId] =
    /^arn:aws[a-z-]*:securityhub:[a-z0-9-]+:\d{12}:action\/custom\/([A-Za-z0-9]{1,20})$/.exec(arn) ?? [];
  if (!actionId)
    return [
      {
        unreadable: `The custom action can't be told: resources[0] should be the ARN of a Security Hub custom action, but is "${clean(arn, 128)}". Run the playbook by hand.`,
      },
    ];
  const parsed = parse('The Security Hub custom action', v.object({ detail }), event);
  if ('unreadable' in parsed) return [parsed];
  const { actionName, actionDescription } = parsed.value.detail;
  return readFindings(event, 'securityhub-custom-action', {
    playbook: actionId,
    // The event doesn't say who it was; CloudTrail in that account does.
    by: `a person in Security Hub of account ${event.account}`,
    reason: clean(actionDescription || actionName || actionId),
  });
};
