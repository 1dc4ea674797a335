// Who calls the function URL: whom AWS says, and nobody else. What the body or the headers claim is not even looked at.
import * as v from 'valibot';
import { parseArn } from '../../playbooks/language/resource.ts';
import { notAlone } from '../rails/four-eyes.ts';

/**
 * What Lambda puts beside the request where the URL asks for IAM authorisation; with any other there is none.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
const signed = v.object({
  requestContext: v.object({ authorizer: v.object({ iam: v.object({ userArn: v.string() }) }) }),
});

/** The caller's ARN. @throws where AWS did not say who calls. */
export const callerOf = (event: unknown): string => {
  const parsed = v.safeParse(signed, event);
  const arn = parsed.success ? parsed.output.requestContext.authorizer.iam.userArn : '';
  const { service, account } = parseArn(arn) ?? {};
  if ((service === 'iam' || service === 'sts') && account) return arn;
  throw notAlone(
    'AWS did not say who calls, so nothing was done: send it to the function URL, signed with the credentials of a user or role.',
  );
};
