// A request as Lambda hands it to a function behind a URL with IAM authorisation.
import type { Json } from '../playbooks/language/json.ts';
import { parseArn } from '../playbooks/language/resource.ts';

/**
 * Payload format 2.0: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-request-payload
 * `arn` is the caller's, as AWS found it by the signature.
 */
export const functionUrlEvent = (arn: string, asked: Json) => {
  const accountId = parseArn(arn)?.account ?? '';
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/',
    rawQueryString: '',
    headers: { 'content-type': 'application/json', 'user-agent': 'firebreak' },
    requestContext: {
      accountId,
      apiId: 'abcdefghijklmnopqrstuvwxyz012345',
      authorizer: {
        iam: {
          accessKey: 'ASIAIOSFODNN7EXAMPLE',
          accountId,
          callerId: 'AROAIOSFODNN7EXAMPLE:session',
          cognitoIdentity: null,
          principalOrgId: 'o-a1b2c3d4e5',
          userArn: arn,
          userId: 'AROAIOSFODNN7EXAMPLE:session',
        },
      },
      domainName: 'abcdefghijklmnopqrstuvwxyz012345.lambda-url.eu-central-1.on.aws',
      domainPrefix: 'abcdefghijklmnopqrstuvwxyz012345',
      http: { method: 'POST', path: '/', protocol: 'HTTP/1.1', sourceIp: '198.51.100.7', userAgent: 'firebreak' },
      requestId: 'e1506fd5-9e7b-434f-bd42-4f8fa224b599',
      routeKey: '$default',
      stage: '$default',
      time: '02/Nov/2026:03:04:05 +0000',
      timeEpoch: 1_793_588_645_000,
    },
    body: JSON.stringify(asked),
    isBase64Encoded: false,
  };
};
