// Which findings a playbook answers, and how far it may go by itself.
import type { Detector, Finding, FoundResource } from './finding.ts';

/** What is to be done with a finding: 'plan' shows and writes nothing, 'tell' tells a person. */
export type Disposition = 'contain' | 'ask' | 'plan' | 'tell' | 'ignore';

export interface Answer {
  readonly detector: Detector;
  /** The finding's type; `*` stands for any text. */
  readonly type: string;
  readonly do: 'contain' | 'ask';
  /** Only when our resource plays this part. */
  readonly role?: 'TARGET' | 'ACTOR';
}

type Narrowing = { readonly role?: 'TARGET' | 'ACTOR'; readonly do?: 'contain' | 'ask' };

const answer =
  (detector: Detector) =>
  (type: string, { role, do: far = 'contain' }: Narrowing = {}): Answer => ({
    detector,
    type,
    do: far,
    ...(role && { role }),
  });

/** A GuardDuty finding type, whether it comes from GuardDuty itself or through Security Hub. */
export const guardDuty = answer('guardduty');
/** A Security Hub control, by its id ('S3.8'), which stays when generator and title change. */
export const securityHub = answer('securityhub');
/** A Config rule by its name; the suffixes that Security Hub and conformance packs add are disregarded. */
export const config = answer('config');
/** An AWS Health event type code. */
export const health = answer('health');

const matches = (pattern: string, text: string): boolean => {
  const literal = (part: string) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${pattern.split('*').map(literal).join('.*')}$`).test(text);
};

/** Only these say themselves that the credentials are the instance's. */
const confirmsInstance = /^UnauthorizedAccess:IAMUser\/InstanceCredentialExfiltration\./;

/** Whoever assumes a role chooses the session's name, and so could name any instance as the one to contain. */
const isLeadOnly = ({ detail }: FoundResource, finding: Finding): boolean =>
  detail.by === 'principalId' && !confirmsInstance.test(finding.type);

/** The first answer that fits the finding, or why none does. */
export const answerTo = (
  answers: readonly Answer[],
  resourceType: string,
  finding: Finding,
): { readonly answer: Answer; readonly resources: readonly FoundResource[] } | { readonly not: string } => {
  const resources = finding.resources.filter(
    (resource) => resource.type === resourceType && !isLeadOnly(resource, finding),
  );
  const byType = answers.filter(({ detector, type }) => detector === finding.detector && matches(type, finding.type));
  if (byType.length === 0) return { not: `does not answer ${finding.type}` };
  const fitting = byType.find(({ role }) => role === undefined || role === finding.role);
  if (!fitting)
    return {
      not: `answers ${finding.type} only when the resource is ${byType[0]?.role}, not ${finding.role ?? 'unsaid'}`,
    };
  if (resources.length === 0) return { not: `the finding names no ${resourceType}` };
  return { answer: fitting, resources };
};
