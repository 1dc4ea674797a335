// The functions as they are deployed, bundled and not from their sources, run a whole incident on an AWS that none of us wrote: an event comes
// in, the switch is turned on through the function URL, the instance is isolated, and released again.
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, it } from 'vitest';
import { loadScenarios } from '../../functions/adapters/catalogue.ts';
import { dynamodbLedger } from '../../functions/adapters/dynamodb-ledger.ts';
import { type Payload, runWorkflow, type WorkflowName } from '../../functions/adapters/workflow.ts';
import type { HoldRecord } from '../../functions/engine/hold.ts';
import type { Aws } from '../../playbooks/language/aws.ts';
import type { Json } from '../../playbooks/language/json.ts';
import { newAccount } from './account.ts';
import { deployOn } from './deployment.ts';
import { differences, inventoryOf } from './inventory.ts';
import { staysAfterwards } from './lacks.ts';
import { startMoto } from './server.ts';

const moto = await startMoto();
afterAll(() => moto?.stop());

const playbook = 'isolate-instance';
const scenario = 'crypto-miner';

/** Of every interface, by somebody who can write the ledger, and nothing else. Answers how to undo it. */
const changeOriginals = async (aws: Aws): Promise<() => Promise<void>> => {
  const ledger = dynamodbLedger(aws(DynamoDBClient), 'firebreak-ledger');
  const held = (await ledger.list('holds', '')).filter(({ key }) => key.includes('network-interface-isolation'));
  const write = async (key: string, original: Json): Promise<void> => {
    const { version = 0, value } = (await ledger.read('holds', key)) ?? {};
    if (!(await ledger.write('holds', key, { ...(value as HoldRecord), original }, version)))
      throw new Error('not changed');
  };
  for (const { key } of held) await write(key, ['sg-0badbadbadbadbad0']);
  return async () => {
    for (const { key, value } of held) await write(key, (value as HoldRecord).original);
  };
};

const wholeIncident = async (url: string): Promise<void> => {
  const account = await newAccount(url, 900);
  const { stage } = account;
  const deployment = await deployOn(account);
  const arrangement = (await loadScenarios(playbook))[scenario];
  if (!arrangement) throw new Error(`${playbook} has no scenario ${scenario}`);
  const arranged = await arrangement.arrange(stage);
  const event = arrangement.finding(arranged, stage);
  const before = await inventoryOf(stage);

  const run = (name: WorkflowName, input: Payload) =>
    runWorkflow(name, input, {
      invoke: (called, payload) => deployment.call(called.replace('firebreak-', ''), payload),
      wait: (seconds) => sleep(seconds * 1000),
      now: () => new Date(),
    });
  /** As Lambda hands over what came through the function URL. */
  const ask = async (user: string, body: object): Promise<{ readonly status: number; readonly said: Payload }> => {
    const userArn = `arn:aws:iam::${account.account}:user/${user}`;
    const iam = {
      accountId: account.account,
      userArn,
      userId: 'AIDAEXAMPLE',
      callerId: 'AIDAEXAMPLE',
      accessKey: 'AKIAEXAMPLE',
      cognitoIdentity: null,
      principalOrgId: null,
    };
    const reply = await deployment.call('answer', {
      version: '2.0',
      routeKey: '$default',
      rawPath: '/',
      rawQueryString: '',
      headers: {},
      requestContext: { accountId: account.account, authorizer: { iam }, http: { method: 'POST', path: '/' } },
      body: JSON.stringify(body),
      isBase64Encoded: false,
    });
    return { status: Number(reply.statusCode), said: JSON.parse(String(reply.body)) as Payload };
  };

  // As it is deployed: it plans and tells, and writes nothing.
  const planned = await deployment.call('receive', event);
  const [first] = planned.starts as readonly Payload[];
  expect(await deployment.started('respond'), 'started as its own incident').toEqual([first?.incident]);
  expect(await run('respond', first ?? {})).toMatchObject({ status: 'SUCCEEDED' });
  expect(await arrangement.harm(arranged, stage), 'nothing was written').toBe(true);

  expect(await ask('oncall', { do: 'switch', to: 'on', reason: 'a test' })).toMatchObject({ status: 200 });
  // No function believes the old position for longer.
  await sleep(5500);
  const received = await deployment.call('receive', event);
  const [start] = received.starts as readonly { readonly incident: string; readonly playbook: string }[];
  if (!start) throw new Error(`nothing was started: ${JSON.stringify(received)}`);
  expect(await run('respond', start)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await arrangement.harm(arranged, stage)).toBe(false);
  const shown = await ask('oncall', { do: 'show', incident: start.incident });
  expect(shown).toMatchObject({ status: 200, said: { incident: start.incident, outcome: 'contained' } });

  const release = async () => {
    const released = await ask('oncall', { do: 'release', incident: start.incident, mode: 'force', reason: 'a test' });
    expect(released).toMatchObject({ status: 200 });
    return run('release', { ...start, mode: 'force' });
  };
  const mend = await changeOriginals(stage.aws);
  await release();
  const doubted = await ask('oncall', { do: 'show', incident: start.incident });
  expect(doubted.said).toMatchObject({ outcome: 'conflict' });
  expect(JSON.stringify(doubted.said)).toMatch(/The ledger says that it was sg-0badbadbadbadbad0, and what was kept/);
  await mend();
  expect(await release()).toMatchObject({ status: 'SUCCEEDED' });
  expect((await deployment.started('release')).length).toBeGreaterThan(0);
  deployment.stop();
  expect(new Set(deployment.called()), 'identity policies are written by deny alone').toContain('deny');
  const left = differences(before, await inventoryOf(stage)).map(({ what }) => what);
  expect(left.filter((what) => !staysAfterwards.some((may) => may.what.test(what)))).toEqual([]);
};

describe('The bundles that are deployed', () => {
  it('run a whole incident', { timeout: 240_000 }, async ({ skip }) => {
    if (!moto) return skip('there is no moto_server on this machine');
    await wholeIncident(moto.url);
  });
});
