// Security Hub CSPM in memory: findings in, found, updated.
import type * as SecurityHub from '@aws-sdk/client-securityhub';
import type { Json } from '../../playbooks/language/json.ts';
import { awsError } from './errors.ts';
import type { Request, ServiceModel } from './model.ts';
import { type State, slice } from './state.ts';
import { newUuid } from './uuid.ts';

type Finding = SecurityHub.AwsSecurityFinding;
type Identifier = SecurityHub.AwsSecurityFindingIdentifier;

interface SecurityHubSlice {
  /** By product ARN and id. */
  readonly findings: Record<string, Finding>;
}

const securityHubSlice = (state: State, account: string, region: string): SecurityHubSlice =>
  slice<SecurityHubSlice>(state, account, region, 'securityhub', () => ({ findings: {} }));

const keyOf = ({ ProductArn, Id }: Identifier): string => `${ProductArn} ${Id}`;

const mostAtOnce = 100;
const longestNote = 512;
const largestFindingBytes = 240 * 1024;

const invalidInput = (message: string): Error => awsError('InvalidInputException', message);

const checkCount = (things: readonly unknown[], parameter: string): void => {
  if (things.length >= 1 && things.length <= mostAtOnce) return;
  throw invalidInput(`Invalid parameter '${parameter}'. data should contain from 1 to ${mostAtOnce} items`);
};

/** Fields that belong to the customer, which a finding's provider can't overwrite once the finding is there. */
const keptOnImport = [
  'Note',
  'UserDefinedFields',
  'VerificationState',
  'Workflow',
] as const satisfies readonly (keyof Finding)[];

const importError = (finding: Finding, request: Request): SecurityHub.ImportFindingsError | undefined => {
  const failed = (ErrorCode: string, ErrorMessage: string) => ({ Id: finding.Id, ErrorCode, ErrorMessage });
  if (finding.AwsAccountId !== request.account)
    return failed('InvalidInput', 'The account of the finding is not the caller’s.');
  if (Buffer.byteLength(JSON.stringify(finding)) > largestFindingBytes)
    return failed('InvalidInput', 'The finding is too large.');
  return undefined;
};

/** https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html */
const batchImportFindings = (
  input: SecurityHub.BatchImportFindingsRequest,
  request: Request,
): SecurityHub.BatchImportFindingsResponse => {
  const { Findings: sent = [] } = input;
  checkCount(sent, 'Findings');
  const { findings } = securityHubSlice(request.state, request.account, request.region);
  const failed = sent.map((finding) => importError(finding, request)).filter((error) => error !== undefined);
  for (const finding of sent.filter((candidate) => !importError(candidate, request))) {
    const before = findings[keyOf(finding)];
    const kept = before
      ? Object.fromEntries(keptOnImport.filter((field) => before[field]).map((field) => [field, before[field]]))
      : {};
    findings[keyOf(finding)] = {
      RecordState: 'ACTIVE',
      ...structuredClone(finding),
      Workflow: { Status: 'NEW' },
      ...kept,
      Region: request.region,
      ProcessedAt: request.now.toISOString(),
    };
  }
  return { SuccessCount: sent.length - failed.length, FailedCount: failed.length, FailedFindings: failed };
};

const updateOf = (
  input: SecurityHub.BatchUpdateFindingsRequest,
  before: Finding,
  request: Request,
): Partial<Finding> => ({
  ...(input.Workflow ? { Workflow: { ...input.Workflow } } : {}),
  ...(input.VerificationState ? { VerificationState: input.VerificationState } : {}),
  ...(input.Severity ? { Severity: { ...before.Severity, ...input.Severity } } : {}),
  ...(input.Confidence === undefined ? {} : { Confidence: input.Confidence }),
  ...(input.Criticality === undefined ? {} : { Criticality: input.Criticality }),
  ...(input.Types ? { Types: [...input.Types] } : {}),
  ...(input.RelatedFindings ? { RelatedFindings: structuredClone(input.RelatedFindings) } : {}),
  ...(input.UserDefinedFields ? { UserDefinedFields: { ...input.UserDefinedFields } } : {}),
  // A note takes the earlier one's place.
  ...(input.Note ? { Note: { ...input.Note, UpdatedAt: request.now.toISOString() } } : {}),
});

/** Whatever fails in it, the call succeeds. A finding's `UpdatedAt` stays: it is its provider's. */
const batchUpdateFindings = (
  input: SecurityHub.BatchUpdateFindingsRequest,
  request: Request,
): SecurityHub.BatchUpdateFindingsResponse => {
  const { FindingIdentifiers: identifiers = [], Note: note } = input;
  checkCount(identifiers, 'FindingIdentifiers');
  if (note && (note.Text ?? '').length > longestNote)
    throw invalidInput(`A note holds ${longestNote} characters at most.`);
  const { findings } = securityHubSlice(request.state, request.account, request.region);
  const processed: Identifier[] = [];
  const unprocessed: SecurityHub.BatchUpdateFindingsUnprocessedFinding[] = [];
  const seen = new Set<string>();
  const leave = (FindingIdentifier: Identifier, ErrorCode: string, ErrorMessage: string): void => {
    unprocessed.push({ FindingIdentifier, ErrorCode, ErrorMessage });
  };
  for (const identifier of identifiers) {
    const key = keyOf(identifier);
    const finding = findings[key];
    if (seen.has(key)) leave(identifier, 'DuplicatedFindingIdentifier', 'The identifier is in the request twice.');
    else if (!finding) leave(identifier, 'FindingNotFound', 'Finding Not Found');
    else {
      findings[key] = { ...finding, ...updateOf(input, finding, request) };
      processed.push(identifier);
    }
    seen.add(key);
  }
  return { ProcessedFindings: processed, UnprocessedFindings: unprocessed };
};

const filtered: Readonly<Record<string, (finding: Finding) => readonly (string | undefined)[]>> = {
  Id: ({ Id }) => [Id],
  ProductArn: ({ ProductArn }) => [ProductArn],
  AwsAccountId: ({ AwsAccountId }) => [AwsAccountId],
  GeneratorId: ({ GeneratorId }) => [GeneratorId],
  RecordState: ({ RecordState }) => [RecordState],
  WorkflowStatus: ({ Workflow }) => [Workflow?.Status],
  ComplianceSecurityControlId: ({ Compliance }) => [Compliance?.SecurityControlId],
  ResourceId: ({ Resources }) => (Resources ?? []).map(({ Id }) => Id),
};

const satisfies = ({ Comparison: how, Value: wanted = '' }: SecurityHub.StringFilter, value = ''): boolean => {
  if (how === 'PREFIX') return value.startsWith(wanted);
  if (how === 'NOT_EQUALS') return value !== wanted;
  if (how === 'EQUALS') return value === wanted;
  throw new Error(`the comparison ${how} is not modelled: add it to gameday/account/securityhub.ts`);
};

/** Values of one filter are alternatives (of negated ones all must hold); filters are not. */
const passes = (name: string, filters: readonly SecurityHub.StringFilter[], finding: Finding): boolean => {
  const values = filtered[name];
  if (!values) throw new Error(`the filter ${name} is not modelled: add it to gameday/account/securityhub.ts`);
  const holds = (filter: SecurityHub.StringFilter): boolean =>
    values(finding).some((value) => satisfies(filter, value));
  const negated = filters.filter(({ Comparison }) => Comparison === 'NOT_EQUALS');
  const positive = filters.filter(({ Comparison }) => Comparison !== 'NOT_EQUALS');
  return negated.every(holds) && (positive.length === 0 || positive.some(holds));
};

const getFindings = (input: SecurityHub.GetFindingsRequest, request: Request): SecurityHub.GetFindingsResponse => {
  const all = Object.values(securityHubSlice(request.state, request.account, request.region).findings);
  const filters = Object.entries(input.Filters ?? {}) as [string, readonly SecurityHub.StringFilter[] | undefined][];
  const asked = all.filter((finding) => filters.every(([name, values]) => !values || passes(name, values, finding)));
  const skip = Number(input.NextToken ?? 0);
  const next = skip + (input.MaxResults ?? mostAtOnce);
  return {
    Findings: asked.slice(skip, next).map((finding) => structuredClone(finding)),
    ...(next < asked.length ? { NextToken: String(next) } : {}),
  };
};

export const securityHub: ServiceModel = {
  BatchImportFindings: batchImportFindings,
  BatchUpdateFindings: batchUpdateFindings,
  GetFindings: getFindings,
};

type ImportedEvent = { readonly detail: { readonly findings: readonly Finding[] } };

/** Findings of an AWS service, which brings them in by itself: what its events carry is there from then on. */
export const importFindings = (request: Request, events: readonly unknown[]): void => {
  const { findings } = securityHubSlice(request.state, request.account, request.region);
  for (const { detail } of events as readonly ImportedEvent[])
    for (const finding of detail.findings) findings[keyOf(finding)] = structuredClone(finding);
};

/** Security Hub sends an event for every update of a finding, its customer's own included. */
export const echoOf = ({ state, account, region, partition, now, newId }: Request, id: string): Json => {
  const { findings } = securityHubSlice(state, account, region);
  const finding = Object.values(findings).find(({ Id }) => Id === id);
  if (!finding) throw new Error(`Security Hub has no finding ${id} that could have been updated.`);
  return {
    version: '0',
    id: newUuid(newId),
    'detail-type': 'Security Hub Findings - Imported',
    source: 'aws.securityhub',
    account,
    time: `${now.toISOString().slice(0, 19)}Z`,
    region,
    resources: [`arn:${partition}:securityhub:${region}::product/aws/guardduty/${id}`],
    detail: { findings: [JSON.parse(JSON.stringify(finding)) as Json] },
  };
};
