// What a member's bus hands on: the events that the responder's own rules let in, to the bus that answers them, in every partition.
import { App } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { customActionId } from '../../functions/sources/custom-action.ts';
import { own } from '../../infra/guard/guard-policy.ts';
import { ForwardingStack } from '../../infra/members/forwarding-stack.ts';
import {
  forwardedSources,
  rulesFor,
  rulesOfMember,
  rulesOfMemberToHome,
  rulesToHome,
} from '../../infra/responder/rules.ts';
import { cases, playbooks, stage } from '../laws/staged.ts';
import { matchesPattern } from './event-pattern.ts';

type Node = Readonly<Record<string, unknown>>;
type Made = { readonly Type: string; readonly Condition?: string; readonly Properties: Node };
type Template = {
  readonly Resources: Readonly<Record<string, Made>>;
  readonly Conditions: Node;
  readonly Parameters: Node;
};

const responder = '111122223333';
const member = '444455556666';

const templateOf = (responderRegions: readonly string[], homeRegion = responderRegions[0] ?? ''): Template => {
  const app = new App();
  new ForwardingStack(app, 'firebreak-member-forwarding', { playbooks, responder, responderRegions, homeRegion });
  return app.synth().getStackByName('firebreak-member-forwarding').template as Template;
};

/** What CloudFormation makes of it there. */
const deployed = ({ Conditions }: Template, value: unknown, partition: string, region: string): unknown => {
  const within = (one: unknown): unknown => deployed({ Conditions } as Template, one, partition, region);
  if (Array.isArray(value)) return value.map(within);
  if (typeof value !== 'object' || value === null) return value;
  const [[name, given]] = Object.entries(value) as [[string, unknown]];
  const list = (Array.isArray(given) ? given : []) as readonly unknown[];
  if (name === 'Ref')
    return { 'AWS::Partition': partition, 'AWS::Region': region, 'AWS::AccountId': member, AlarmTopic: '' }[
      String(given)
    ];
  if (name === 'Condition' && typeof given === 'string') return within(Conditions[given]);
  if (name === 'Fn::Join') return (within(list[1]) as unknown[]).join(String(list[0]));
  if (name === 'Fn::Equals') return within(list[0]) === within(list[1]);
  if (name === 'Fn::Or') return list.some(within);
  if (name === 'Fn::And') return list.every(within);
  if (name === 'Fn::Not') return !within(list[0]);
  if (name === 'Fn::If') return within(Conditions[String(list[0])]) ? within(list[1]) : within(list[2]);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, within(one)]));
};

/** Which buses get the event from the member's bus in that Region: a Region each. */
const handedTo = (template: Template, event: unknown, region: string, partition = 'aws'): readonly string[] =>
  Object.values(template.Resources).flatMap(({ Type, Condition, Properties }) => {
    if (Type !== 'AWS::Events::Rule') return [];
    if (Condition && !deployed(template, { Condition }, partition, region)) return [];
    if (!matchesPattern(Properties.EventPattern as Node, event)) return [];
    const targets = deployed(template, Properties.Targets, partition, region) as readonly { readonly Arn: string }[];
    return targets.map(({ Arn }) => {
      const [, found = Arn] =
        new RegExp(`^arn:${partition}:events:([a-z0-9-]+):${responder}:event-bus/default$`).exec(Arn) ?? [];
      return found;
    });
  });

const commercial = templateOf(['eu-central-1', 'us-east-1']);
const staged = await Promise.all(cases.map(async (one) => ({ one, event: (await stage(one)).event })));
const ofScope = (scope: 'regional' | 'global') => staged.filter(({ one }) => one.definition.resource.scope === scope);

describe('a member in a Region with a responder', () => {
  it('hands every scenario’s event on to the responder there', () => {
    expect(staged.length).toBeGreaterThan(4);
    for (const { one, event } of staged)
      expect(handedTo(commercial, event, 'us-east-1'), one.name).toContain('us-east-1');
  });

  it('hands what is global on to the home Region as well, itself: nothing is handed on twice', () => {
    expect(ofScope('global').length).toBeGreaterThan(0);
    for (const { one, event } of ofScope('global'))
      expect(handedTo(commercial, event, 'us-east-1').toSorted(), one.name).toEqual(['eu-central-1', 'us-east-1']);
    for (const { one, event } of staged)
      expect(handedTo(commercial, event, 'eu-central-1'), one.name).toEqual(['eu-central-1']);
  });
});

describe('a member elsewhere', () => {
  it('hands everything on to the home Region, once', () => {
    for (const { one, event } of staged)
      expect(handedTo(commercial, event, 'eu-west-1'), one.name).toEqual(['eu-central-1']);
  });

  it.each([
    ['aws-cn', 'cn-north-1', 'cn-northwest-1'],
    ['aws-us-gov', 'us-gov-west-1', 'us-gov-east-1'],
  ])('hands nothing on where the partition %s has no way to another Region', (partition, home, elsewhere) => {
    const template = templateOf([home]);
    for (const { event } of staged) {
      expect(handedTo(template, event, home, partition)).toEqual([home]);
      expect(handedTo(template, event, elsewhere, partition)).toEqual([]);
    }
  });
});

describe('what is handed on', () => {
  it('is what the responder’s own rules let in, and passes them again as it came', () => {
    const receiving = rulesFor(playbooks).findings;
    for (const { one, event } of staged) {
      const own = receiving.filter(({ eventPattern }) => matchesPattern(eventPattern, event)).map(({ name }) => name);
      const handing = rulesOfMember(playbooks).filter(({ eventPattern }) => matchesPattern(eventPattern, event));
      expect(
        handing.map(({ name }) => name.replace('-forward', '')),
        one.name,
      ).toEqual(own);
    }
  });

  it('is never a custom action, which any member could make for himself', () => {
    const [name = ''] = playbooks.keys();
    const chosen = {
      source: 'aws.securityhub',
      'detail-type': 'Security Hub Findings - Custom Action',
      resources: [`arn:aws:securityhub:eu-west-1:${member}:action/custom/${customActionId(name)}`],
    };
    expect(rulesFor(playbooks).findings.some(({ eventPattern }) => matchesPattern(eventPattern, chosen))).toBe(true);
    expect(handedTo(commercial, chosen, 'eu-west-1')).toEqual([]);
    const names = [...rulesOfMember(playbooks), ...rulesOfMemberToHome(playbooks)].map((rule) => rule.name);
    expect(names.filter((one) => one.includes('custom-action'))).toEqual([]);
    expect(rulesToHome(playbooks).map((rule) => rule.name)).toContain('firebreak-home-securityhub-custom-action');
  });

  it('comes from AWS alone, and nobody’s heartbeat', () => {
    for (const source of forwardedSources) expect(source).toMatch(/^aws\.[a-z]+$/);
    for (const { eventPattern } of rulesOfMember(playbooks))
      for (const source of eventPattern.source as readonly string[]) expect(forwardedSources).toContain(source);
  });
});

describe('the template', () => {
  const all = [
    commercial,
    templateOf(['eu-central-1']),
    templateOf(['cn-north-1', 'cn-northwest-1']),
    templateOf(['us-gov-west-1']),
  ];

  it('is one that a StackSet can carry: no assets, no names of other stacks, no partition', () => {
    for (const template of all) {
      const text = JSON.stringify(template);
      expect(text).not.toMatch(/cdk-hnb659fds|Fn::ImportValue|arn:aws|BootstrapVersion/);
      expect(Object.keys(template.Parameters)).toEqual(['AlarmTopic']);
      expect(text.length).toBeLessThan(51_200);
      expect(new Set(Object.values(template.Resources).map(({ Type }) => Type))).toEqual(
        new Set([
          'AWS::CloudWatch::Alarm',
          'AWS::Events::Rule',
          'AWS::IAM::Role',
          'AWS::SQS::Queue',
          'AWS::SQS::QueuePolicy',
        ]),
      );
    }
  });

  it('keeps what could not be delivered, and alarms', () => {
    for (const template of all)
      for (const { Type, Properties } of Object.values(template.Resources))
        if (Type === 'AWS::Events::Rule')
          expect(Properties.Targets).toMatchObject([
            { DeadLetterConfig: {}, RetryPolicy: { MaximumEventAgeInSeconds: 86_400 }, RoleArn: {} },
          ]);
  });

  it('gives its role to EventBridge alone, for our rules, and lets it put events on the responder’s buses alone', () => {
    const [role] = Object.values(commercial.Resources).filter(({ Type }) => Type === 'AWS::IAM::Role');
    const { RoleName, AssumeRolePolicyDocument, Policies } = deployed(
      commercial,
      role?.Properties,
      'aws',
      'eu-west-1',
    ) as Node;
    expect(RoleName).toBe('firebreak-forwarding-eu-west-1');
    expect(AssumeRolePolicyDocument).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'events.amazonaws.com' },
          Condition: {
            ArnLike: { 'aws:SourceArn': `arn:aws:events:eu-west-1:${member}:rule/firebreak-*` },
            StringEquals: { 'aws:SourceAccount': member },
          },
        },
      ],
    });
    const bus = (region: string) => `arn:aws:events:${region}:${responder}:event-bus/default`;
    expect(Policies).toMatchObject([
      {
        PolicyDocument: {
          Statement: [{ Action: 'events:PutEvents', Resource: ['eu-central-1', 'us-east-1'].map(bus) }],
        },
      },
    ]);
  });

  it('names everything so that the guard protects it', () => {
    const arns = Object.values(commercial.Resources).flatMap(({ Type, Properties }) => {
      const { Name, AlarmName, QueueName, RoleName } = deployed(commercial, Properties, 'aws', 'eu-west-1') as Readonly<
        Record<string, string>
      >;
      return (
        {
          'AWS::Events::Rule': [`arn:aws:events:x:1:rule/${Name}`],
          'AWS::CloudWatch::Alarm': [`arn:aws:cloudwatch:x:1:alarm:${AlarmName}`],
          'AWS::SQS::Queue': [`arn:aws:sqs:x:1:${QueueName}`],
          'AWS::IAM::Role': [`arn:aws:iam::1:role/${RoleName}`],
        }[Type] ?? []
      );
    });
    expect(arns.length).toBeGreaterThan(6);
    for (const arn of arns)
      expect([arn, own.some((pattern) => new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(arn))]).toEqual([
        arn,
        true,
      ]);
  });
});
