// The responder: what stands in the security account, or in the one account that there is, in each Region that Firebreak answers for.
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { FunctionUrlAuthType } from 'aws-cdk-lib/aws-lambda';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { unturned } from '../../functions/adapters/switch-parameter.ts';
import type { Config } from '../../functions/rails/config.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import type { Bundle } from '../bundles/bundle.ts';
import { createMemberRoles, type MemberRolesProps } from '../members/member-roles.ts';
import { createAlarms } from './alarms.ts';
import { forwardToHome, trustForwarding } from './bus.ts';
import { createDashboard } from './dashboard.ts';
import { examineRegularly } from './doctor.ts';
import { feedNotes, keepFailures, letFindingsIn, offerActions, watchRegularly } from './feeds.ts';
import { createFunctions, deployedNamed } from './functions.ts';
import { createHeartbeat } from './heartbeat.ts';
import { createPeople } from './people.ts';
import { createStorage } from './storage.ts';
import { createWorkflow, machineArn, workflowNames } from './workflows.ts';

export interface ResponderProps extends StackProps {
  readonly playbooks: ReadonlyMap<string, Playbook>;
  readonly bundles: ReadonlyMap<string, Bundle>;
  readonly config: Config;
  /** Where this stack makes the account's own roles as well. */
  readonly roles?: MemberRolesProps;
}

/** In whose accounts the playbooks may work: there, only where the account has made their roles. */
const accountsOf = ({ accounts }: Config, own: string): readonly string[] => {
  if (accounts === 'own') return [own];
  return accounts === 'any' ? ['*'] : accounts;
};

/**
 * GovCloud has none: there nobody can answer through the responder yet, and what asks a person ends as configured.
 * https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-lambda.html
 */
const knowsFunctionUrls = (region: string): boolean => !region.startsWith('us-gov-');

export class ResponderStack extends Stack {
  constructor(scope: Construct, id: string, { playbooks, bundles, config, roles, ...props }: ResponderProps) {
    super(scope, id, { description: 'Firebreak: responds to findings of AWS', terminationProtection: true, ...props });
    const storage = createStorage(this);
    const people = createPeople(this, storage.key, config.contacts);
    const killSwitch = new StringParameter(this, 'Switch', {
      parameterName: '/firebreak/switch',
      description: "Firebreak's kill switch. Turn it with: firebreak switch on | observe | off",
      stringValue: unturned,
    });
    const names = [...playbooks.keys()];
    const functions = createFunctions(this, {
      storage,
      people,
      killSwitch,
      bundles,
      playbooks,
      accounts: accountsOf(config, this.account),
      machines: { respond: machineArn(this, 'respond'), release: machineArn(this, 'release') },
    });
    for (const name of [...workflowNames, 'by-hand'] as const) createWorkflow(this, name, storage.key, names);
    if (roles) createMemberRoles(this, roles);
    keepFailures(this, functions, people);
    letFindingsIn(this, functions, people, playbooks);
    if (config.securityHubActions) offerActions(this, playbooks);
    watchRegularly(this, functions, people);
    createHeartbeat(this, functions, people, playbooks);
    examineRegularly(this, functions, people);
    feedNotes(functions, people);
    const { alias } = deployedNamed(functions, 'answer');
    const url = knowsFunctionUrls(this.region)
      ? alias.addFunctionUrl({ authType: FunctionUrlAuthType.AWS_IAM }).url
      : undefined;
    const watched = { people, functions: [...functions.keys()] };
    const alarms = createAlarms(this, { ...watched, ledger: storage.ledger, retried: ['ask', 'close', ...names] });
    createDashboard(this, { ...watched, alarms });
    if (typeof config.regions !== 'string') {
      trustForwarding(this, config);
      forwardToHome(this, playbooks, config, people);
    }
    // Whoever works on this account by hand finds by it that there is a responder, and works through it.
    new StringParameter(this, 'Marker', {
      parameterName: '/firebreak/responder',
      description: 'That Firebreak answers for this account and Region, and where',
      stringValue: JSON.stringify({ version: 1, account: this.account, region: this.region, answer: url }),
    });
    new CfnOutput(this, 'NoticesTopic', { value: people.topic.topicArn, description: 'Subscribe to be told' });
    new CfnOutput(this, 'EvidenceBucket', { value: storage.evidence.bucketName });
  }
}
