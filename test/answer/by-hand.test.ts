// A person begins in the console of Step Functions: an execution of firebreak-by-hand, whose input is anybody's. It takes the way of every finding.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { ConfigInput } from '../../functions/rails/config.ts';
import { receiveHandler } from '../../functions/receive.ts';
import type { Json } from '../../playbooks/language/json.ts';
import { on } from '../rails/ground.ts';
import { alice, answering, asks, bob, chosen, name } from './ground.ts';

type Input = Readonly<Record<string, Json>>;

const events = new URL('../fixtures/events/', import.meta.url);

const request = (bucket: string): Input => ({ playbook: name, resource: bucket, reason: 'a customer saw our files' });

const begun = async (config: ReturnType<typeof on>, input: (bucket: string) => Input = request) => {
  const staged = await answering({ config });
  const { bucket } = staged.arranged as { bucket: string };
  const execution = await staged.practice.byHand(input(bucket));
  // What waits for a person waits; what doesn't has ended by then.
  await staged.practice.stage.wait(60);
  return { ...staged, bucket, execution, id: execution.answer?.seen[0] ?? '' };
};

const pathOf = ({ path }: { readonly path: readonly { readonly state: string }[] }) => path.map(({ state }) => state);

describe('an execution that a person starts', () => {
  it('has the resource contained, in the name of the execution', async () => {
    const staged = await begun(chosen());
    expect(staged.execution.status).toBe('SUCCEEDED');
    expect(pathOf(staged.execution)).toEqual(['Take the request', 'Is it taken up?', 'Taken up']);
    const [end] = await staged.practice.settled();
    expect(end?.incident).toMatchObject({ id: staged.id, outcome: 'contained' });
    expect(end?.incident.openedBy).toMatch(
      /^somebody by way of arn:aws:states:.*:execution:firebreak-by-hand:console-/,
    );
    expect(end?.incident.finding?.requested?.reason).toBe('a customer saw our files');
    expect(await staged.harm()).toBe(false);
  });

  it('twice is one incident', async () => {
    const staged = await begun(chosen());
    const again = await staged.practice.byHand(request(staged.bucket));
    expect(again.answer?.seen).toEqual([staged.id]);
    expect(await staged.practice.ledger.list('incidents', '')).toHaveLength(1);
  });

  it('is nobody, whatever name it gives', async () => {
    const staged = await begun(chosen(), (bucket) => ({ ...request(bucket), by: alice }));
    const [end] = await staged.practice.settled();
    expect(end?.incident.finding?.requested?.by).toMatch(/^somebody by way of arn:aws:states:/);
    expect(JSON.stringify(end?.incident)).not.toContain(alice);
  });

  it.each<[string, ConfigInput, string | null]>([
    ['the switch is off', { mode: 'off' }, null],
    ['the switch observes', { mode: 'observe' }, 'planned'],
    [
      'the bucket is protected',
      { protected: [{ arn: 'arn:aws:s3:::*', owner: 'data', reason: 'production', until: '2027-01-01' }] },
      null,
    ],
    ['the playbook only plans', { playbooks: { [name]: { mode: 'plan' } } }, 'planned'],
    ['it is another account', { accounts: ['222233334444'] }, null],
  ])('writes nothing where %s', async (_what, input, outcome) => {
    const staged = await begun(on(input));
    const [end] = await staged.practice.settled();
    expect(staged.writes()).toEqual([]);
    if (outcome) expect(end?.incident.outcome).toBe(outcome);
    else if (end) expect(end.incident.outcome).toBe('refused');
    else expect(pathOf(staged.execution).at(-1)).toBe('Nothing started');
  });

  it.each<[string, (bucket: string) => Input]>([
    ['an incident of its own making', (bucket) => ({ ...request(bucket), incident: 'fb-0123456789ab' })],
    ['an admission', (bucket) => ({ ...request(bucket), admission: { do: 'contain' } })],
    ['an approval', (bucket) => ({ ...request(bucket), approval: { by: alice } })],
    ['a misspelt account', (bucket) => ({ ...request(bucket), acount: '222233334444' })],
    ['no reason', (bucket) => ({ playbook: name, resource: bucket })],
    ['an empty reason', (bucket) => ({ ...request(bucket), reason: ' ' })],
    ['no playbook', (bucket) => ({ resource: bucket, reason: 'open' })],
    ['nothing at all', () => ({})],
    [
      'an event of a detector',
      (bucket) => ({ ...request(bucket), source: 'aws.guardduty', 'detail-type': 'GuardDuty Finding' }),
    ],
  ])('with %s fails, and nothing begins', async (_what, input) => {
    const staged = await begun(chosen(), input);
    expect(staged.execution.status).toBe('FAILED');
    expect(await staged.practice.ledger.list('incidents', '')).toEqual([]);
    expect(staged.writes()).toEqual([]);
  });

  it.each(readdirSync(events).filter((file) => !file.startsWith('manual-')))(
    'with the event of a detector fails, and nothing begins: %s',
    async (file) => {
      const event = JSON.parse(readFileSync(new URL(file, events), 'utf8')) as Input;
      const staged = await begun(chosen(), () => event);
      expect(staged.execution.status).toBe('FAILED');
      expect(await staged.practice.ledger.list('incidents', '')).toEqual([]);
      expect(staged.practice.notices()).toEqual([]);
    },
  );

  it('for a playbook that there is none of starts nothing, and says so', async () => {
    const staged = await begun(chosen(), (bucket) => ({ ...request(bucket), playbook: 'delete-bucket' }));
    expect(pathOf(staged.execution).at(-1)).toBe('Nothing started');
    expect(staged.execution.answer?.told).toMatchObject([{ reason: expect.stringContaining('delete-bucket') }]);
  });

  it('may have been started by anybody, so where two people are wanted nobody can approve it', async () => {
    const staged = await begun(asks({ approverMustDiffer: true }));
    for (const person of [alice, bob]) {
      const { status, said } = await staged.say(person, { do: 'approve', incident: staged.id });
      expect(status).toBe(403);
      expect(said.error).toMatch(
        /nobody knows whether that was .*: deny incident fb-\w+, and have it asked for by firebreak contain/,
      );
    }
    expect((await staged.say(alice, { do: 'deny', incident: staged.id })).status).toBe(200);
    expect(staged.writes()).toEqual([]);
  });

  it('is approved by whoever may, where one person is enough', async () => {
    const staged = await begun(asks({ approverMustDiffer: false }));
    expect((await staged.say(alice, { do: 'approve', incident: staged.id })).status).toBe(200);
    const [end] = await staged.practice.settled();
    expect(end?.incident.outcome).toBe('contained');
  });
});

it('whoever calls receive directly is nobody either, whomever he names', async () => {
  const staged = await answering({ config: asks({ approverMustDiffer: true }) });
  const { bucket } = staged.arranged as { bucket: string };
  const taken = await receiveHandler(staged.practice.engine('receive'))({ ...request(bucket), by: bob });
  const incident = await staged.practice.read(taken.seen[0] ?? '');
  expect(incident.finding?.requested?.by).toBe(`somebody by way of ${bob}`);
});
