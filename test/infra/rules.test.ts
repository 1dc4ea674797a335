// The rules let in what the playbooks answer, each event by one rule, and stop what comes near; as EventBridge matches (event-pattern.ts).
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { route } from '../../functions/engine/route.ts';
import { customActionId } from '../../functions/sources/custom-action.ts';
import { readEvent, understood } from '../../functions/sources/read-event.ts';
import { type EventRule, heartbeatEvent, type Pattern, rulesFor } from '../../infra/responder/rules.ts';
import { securityHubGuardDutyFinding } from '../../playbooks/events/asff-guardduty.ts';
import { configEvent } from '../../playbooks/events/config.ts';
import { guardDutyEvent } from '../../playbooks/events/guardduty.ts';
import { healthEvent } from '../../playbooks/events/health.ts';
import {
  securityHubControlEvent,
  securityHubCustomActionEvent,
  securityHubGuardDutyEvent,
} from '../../playbooks/events/securityhub.ts';
import { type Answer, answerTo, config, guardDuty, health, securityHub } from '../../playbooks/language/answer.ts';
import { cases, playbooks, stage, title } from '../laws/staged.ts';
import { bent, fixture, reading } from '../sources/fixture.ts';
import { matchesPattern } from './event-pattern.ts';
import { few, forReceive, imitations, unanswered } from './near-misses.ts';

const { findings, heartbeat } = rulesFor(playbooks);
const all = [...findings, heartbeat];

const letIn = (event: unknown, rules: readonly EventRule[] = all): readonly string[] =>
  rules.filter(({ eventPattern }) => matchesPattern(eventPattern, event)).map(({ name }) => name);

/** The rule of the way by which a reader takes the event. */
const own = (event: unknown): string => `firebreak-${reading(event).findings[0]?.channel}`;

/** What receive would do with what is in the event, apart from the rails of the configuration. */
const acted = (event: unknown, catalogue = playbooks): boolean =>
  reading(event).findings.some((finding) =>
    route(finding, catalogue).answers.some(
      ({ playbook, do: how }) => playbook !== null && (how === 'contain' || how === 'ask'),
    ),
  );

const answering = (...answers: readonly Answer[]) => new Map([['do-something', { answers }]]);

type Place = { readonly partition: string; readonly account: string; readonly region: string; readonly at: Date };
const at = new Date('2026-11-20T10:00:00Z');
const partitions: readonly Place[] = [
  { partition: 'aws', account: '111122223333', region: 'eu-central-1', at },
  { partition: 'aws-cn', account: '111122223333', region: 'cn-north-1', at },
  { partition: 'aws-us-gov', account: '111122223333', region: 'us-gov-west-1', at },
];

/** Every way in which AWS could send a finding of the type, with the rule that should take it. */
const sent = (
  { detector }: Answer,
  type: string,
  place: Place,
): readonly (readonly [rule: string, event: unknown])[] => {
  const found = { ...place, type, severity: 8, resource: { resourceType: 'Instance' } };
  if (detector === 'guardduty')
    return [
      ['firebreak-guardduty', guardDutyEvent(found)],
      ['firebreak-securityhub-imported', securityHubGuardDutyEvent(found)],
    ];
  if (detector === 'securityhub')
    return [
      [
        'firebreak-securityhub-imported',
        securityHubControlEvent({ ...place, control: type, resource: { bucket: 'b' } }),
      ],
    ];
  if (detector === 'config')
    return [type, `securityhub-${type}-1a2b3c4d`, `${type}-conformance-pack-qayjyopmd`].map((rule) => [
      'firebreak-config',
      configEvent({ ...place, rule, resource: { type: 'AWS::S3::Bucket', id: 'b' } }),
    ]);
  return (['AWS Health Event', 'AWS Health Abuse Event'] as const).map((detailType) => [
    'firebreak-health',
    healthEvent({ ...place, code: type, detailType }),
  ]);
};

const filled = (type: string): readonly string[] => [
  ...new Set(['', '7', '.Custom!DNS'].map((text) => type.replaceAll('*', text))),
];

describe('what the playbooks answer is let in by one rule, that of the way it comes', () => {
  it.each(cases.map((one) => [title(one), one] as const))('%s', async (_, one) => {
    const { event } = await stage(one);
    expect(letIn(event)).toEqual([own(event)]);
  });

  const names = readdirSync(new URL('../fixtures/events/', import.meta.url)).map((file) => file.replace('.json', ''));
  const acting = names.filter(
    (name) => !('unreadable' in readEvent(fixture(name))) && name !== 'manual-request' && acted(fixture(name)),
  );

  it('fixtures of every way are among those that a playbook acts upon', () => {
    expect(new Set(acting.map((name) => own(fixture(name))))).toEqual(new Set(findings.map(({ name }) => name)));
  });

  it.each(acting)('%s', (name) => {
    expect(letIn(fixture(name))).toEqual([own(fixture(name))]);
  });

  const answers = [...playbooks].flatMap(([playbook, definition]) =>
    definition.answers.map((answer) => [`${playbook}: ${answer.detector} ${answer.type}`, answer] as const),
  );

  it.each(answers)('%s, in every partition and spelling', (_, answer) => {
    for (const place of partitions)
      for (const type of filled(answer.type))
        for (const [rule, event] of sent(answer, type, place)) {
          // What is sent is what the playbook answers, or the rest proves nothing.
          if (rule !== 'firebreak-securityhub-imported' || answer.detector !== 'guardduty')
            expect(reading(event).findings[0]?.type).toBe(type);
          expect(letIn(event)).toEqual([rule]);
        }
  });

  it.each(answers)('%s, by rules for nothing else', (_, answer) => {
    const only = rulesFor(answering(answer)).findings;
    const [type = ''] = filled(answer.type);
    const [place] = partitions;
    if (!place) throw new Error('no partition');
    const used = sent(answer, type, place).map(([rule, event]) => {
      expect(letIn(event, only)).toEqual([rule]);
      return rule;
    });
    expect(new Set(only.map(({ name }) => name))).toEqual(new Set([...used, 'firebreak-securityhub-custom-action']));
  });

  it.each(partitions)('a custom action of each playbook, in $partition', (place) => {
    const found = { ...place, type: 'Backdoor:EC2/Spambot', severity: 5, resource: { instance: { id: 'i-1' } } };
    for (const name of playbooks.keys()) {
      const event = securityHubCustomActionEvent({
        ...place,
        action: customActionId(name),
        name,
        findings: [securityHubGuardDutyFinding(found)],
      });
      expect(letIn(event)).toEqual(['firebreak-securityhub-custom-action']);
    }
  });

  it('whatever playbooks there may be', () => {
    const word = fc.string({ unit: fc.constantFrom('A', 'b', ':', '/', '-', '.', '*', '!', 's'), maxLength: 8 });
    const type = fc.tuple(fc.constantFrom('A', 'b', 'AWS_'), word).map((parts) => parts.join(''));
    const kind = fc.constantFrom(guardDuty, config, health);
    const anAnswer = fc.tuple(kind, type).map(([of, text]) => of(text));
    const text = fc.string({ unit: fc.constantFrom('A', 'b', '/', '-', 's', '0'), maxLength: 5 });
    fc.assert(
      fc.property(fc.array(anAnswer, { minLength: 1, maxLength: 6 }), fc.nat(5), text, (answers, which, filler) => {
        const chosen = answers[which % answers.length];
        const [place] = partitions;
        if (!chosen || !place) return;
        const rules = rulesFor(answering(...answers)).findings;
        for (const [rule, event] of sent(chosen, chosen.type.replaceAll('*', filler), place)) {
          const [finding] = reading(event).findings;
          if (finding && 'answer' in answerTo(answers, '', { ...finding, resources: [anything] }))
            expect(letIn(event, rules)).toContain(rule);
        }
      }),
      { numRuns: 500 },
    );
  });
});

const anything = { type: '', id: 'x', account: '', region: '', detail: {} };

const fewer = new Map(
  Object.entries(few).map(([name, answers]) => {
    const playbook = playbooks.get(name);
    if (!playbook) throw new Error(`there is no playbook ${name}: give its answers in near-misses.ts to another`);
    return [name, { ...playbook, answers }];
  }),
);
const rulesOfFew = rulesFor(fewer).findings;

describe('what comes near is not', () => {
  it.each(imitations)('%s', (_, event) => {
    expect(letIn(event)).toEqual([]);
    expect(letIn(event, rulesOfFew)).toEqual([]);
  });

  it.each(unanswered)('%s', (_, event) => {
    expect(letIn(event, rulesOfFew)).toEqual([]);
  });

  it('and what no playbook answers needs no rule', () => {
    expect(rulesFor(new Map()).findings).toEqual([]);
    expect(rulesFor(answering()).findings.map(({ name }) => name)).toEqual(['firebreak-securityhub-custom-action']);
  });
});

describe('what only code can judge is let in, and receive acts upon none of it', () => {
  it.each(forReceive)('%s', (_, rule, event) => {
    expect(letIn(event, rulesOfFew)).toEqual([rule]);
    expect(acted(event, fewer)).toBe(false);
  });
});

describe('what a reader can do without, no rule asks for', () => {
  /** The fields that a pattern asks for, as paths of an event with one finding. */
  const askedFor = (asked: Pattern[string], path: readonly string[] = []): readonly string[] => {
    if (Array.isArray(asked) && path.at(-1) !== '$or') return [path.filter((step) => step !== '$or').join('.')];
    return Object.entries(asked).flatMap(([step, next]: [string, Pattern[string]]) =>
      path.at(-1) === '$or' ? askedFor(next, path.slice(0, -1)) : askedFor(next, [...path, ...inFirst(step)]),
    );
  };
  const inFirst = (step: string): readonly string[] => (step === 'findings' ? [step, '0'] : [step]);

  const there = (name: string, path: string): boolean =>
    path
      .split('.')
      .reduce<unknown>((node, step) => (node ? Reflect.get(node as object, step) : node), fixture(name)) !== undefined;

  it.each<readonly [string, readonly string[]]>([
    ['guardduty-instance-c2', []],
    ['securityhub-guardduty-c2', []],
    // A control that passed says so here alone, and each bucket passes each control again and again.
    ['securityhub-control-s3', ['detail.findings.0.Compliance.Status']],
    ['securityhub-custom-action', []],
    ['config-first-evaluation', []],
    ['health-exposed', []],
  ])('%s', (name, except) => {
    const rule = findings.find(({ name: one }) => one === own(fixture(name)));
    const paths = askedFor(rule?.eventPattern ?? {}).filter((path) => there(name, path));
    expect(paths.length).toBeGreaterThan(2);
    const spared = paths.filter((path) => {
      const event = bent(name, { [path]: undefined });
      return !('unreadable' in readEvent(event)) && acted(event);
    });
    expect(spared).toEqual(except);
  });
});

describe('the heartbeat', () => {
  const beat = {
    id: 'e1',
    source: heartbeatEvent.source,
    'detail-type': heartbeatEvent.detailType,
    account: '111122223333',
    region: 'eu-central-1',
    time: '2026-11-20T10:00:00Z',
    resources: [],
    detail: {},
  };

  it('is let in by its own rule alone', () => {
    expect(letIn(beat)).toEqual(['firebreak-heartbeat']);
    expect(letIn({ ...beat, source: 'aws.firebreak.heartbeat' })).toEqual([]);
    expect(letIn({ ...beat, 'detail-type': 'GuardDuty Finding' })).toEqual([]);
  });

  it('could not act even where it came in, not with a finding inside', () => {
    expect(readEvent(beat)).toHaveProperty('unreadable');
    const armed = { ...fixture('guardduty-instance-c2'), source: heartbeatEvent.source };
    expect(letIn(armed)).toEqual([]);
    expect(readEvent({ ...armed, 'detail-type': heartbeatEvent.detailType })).toHaveProperty('unreadable');
  });
});

describe('each rule is one that EventBridge takes', () => {
  const lengthMax = 2048;

  it.each(all)('$name: name, description and length', ({ name, description, eventPattern }) => {
    expect(name).toMatch(/^[.\-_A-Za-z0-9]{1,64}$/);
    expect(description.length).toBeLessThanOrEqual(512);
    expect(JSON.stringify(eventPattern).length).toBeLessThanOrEqual(lengthMax);
  });

  it('no two have one name', () => {
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  });

  it.each(all)('$name: says whose events it takes, and nothing of partition, account or Region', ({ eventPattern }) => {
    const { source, 'detail-type': detailType, account, region } = eventPattern;
    expect(source).toHaveLength(1);
    // Text and no prefix: 'aws.guardduty' can't be imitated, but what begins like it could be anybody's.
    for (const text of [...(source as readonly unknown[]), ...(detailType as readonly unknown[])])
      expect(text).toBeTypeOf('string');
    expect([account, region]).toEqual([undefined, undefined]);
    expect(JSON.stringify(eventPattern)).not.toMatch(/arn:|aws-cn|aws-us-gov|\d{12}/);
  });

  it('only AWS can send what leads to receive, and every event that is read has a rule', () => {
    const pairs = findings.flatMap(({ eventPattern: { source, 'detail-type': detailType } }) =>
      (detailType as readonly string[]).map((one) => `${(source as readonly string[])[0]} ${one}`),
    );
    expect(pairs.filter((pair) => !pair.startsWith('aws.'))).toEqual([]);
    expect(pairs.toSorted()).toEqual(understood.map(({ source, detailType }) => `${source} ${detailType}`).toSorted());
  });

  const overlapping: readonly (readonly [wide: Answer, narrow: Answer])[] = [
    [config('s3-*'), config('s3-bucket-*')],
    [health('AWS_RISK_*'), health('AWS_RISK_IAM_QUARANTINE')],
    [guardDuty('Backdoor:*'), guardDuty('Backdoor:EC2/Spambot')],
    [securityHub('S3.*'), securityHub('S3.8')],
  ];

  it.each(overlapping.map(([wide, narrow]) => [`${narrow.type} beside ${wide.type}`, wide, narrow] as const))(
    'what is let in already takes no room: %s',
    (_, wide, narrow) => {
      expect(rulesFor(answering(narrow, wide))).toEqual(rulesFor(answering(wide)));
    },
  );

  it('the same playbooks in another order make the same rules: a deployment changes nothing', () => {
    const turned = new Map(
      [...playbooks].toReversed().map(([name, { answers }]) => [name, { answers: answers.toReversed() }]),
    );
    expect(rulesFor(turned)).toEqual(rulesFor(playbooks));
  });
});

describe('what a pattern cannot say is refused in words', () => {
  it.each<readonly [string, Answer, string]>([
    ['any type at all', guardDuty('*'), "do-something answers guardduty '*'"],
    ['a type by its end', guardDuty('*:EC2/Spambot'), 'write how the type begins'],
    ['any Config rule', config('*-prohibited'), 'write how the type begins'],
    ['any Health event', health('*_RISK'), 'write how the type begins'],
    ["another product's finding", securityHub('aws/macie: Sensitive Data*'), "no control's id such as S3.8"],
    ['any control', securityHub('*'), "no control's id such as S3.8"],
    ['a request by hand', { ...guardDuty('x'), detector: 'manual' }, 'a request by hand is no event'],
  ])('%s', (_, answer, words) => {
    expect(() => rulesFor(answering(answer))).toThrow(words);
  });

  it('two playbooks with one custom action', () => {
    const twins = new Map(
      ['isolate-everything-here', 'isolate-everything-here-and-there'].map((name) => [name, { answers: [] }]),
    );
    expect(() => rulesFor(twins)).toThrow('custom action, isolateeverythingher:');
  });

  it('more than EventBridge takes', () => {
    const ofCodes = (count: number) =>
      rulesFor(answering(...Array.from({ length: count }, (_, index) => health(`AWS_RISK_NUMBER_${index + 1000}`))));
    const { length } = JSON.stringify(ofCodes(84).findings.at(-1)?.eventPattern);
    // The next code has 23 characters, with its quotes and comma.
    expect(length).toBeLessThanOrEqual(2048);
    expect(length + 23).toBeGreaterThan(2048);
    expect(() => ofCodes(85)).toThrow(`firebreak-health has ${length + 23} characters, and EventBridge takes 2048`);
  });
});
