// Forged answers: whoever sends the function something of his own writes nothing, wakes nothing, and hears why in words.
import { describe, expect, it } from 'vitest';
import { functionUrlEvent } from '../../gameday/function-url.ts';
import type { Json } from '../../playbooks/language/json.ts';
import { own } from '../rails/ground.ts';
import { alice, bob, contained, federated, name, session, waits } from './ground.ts';

type Event = { readonly [key: string]: unknown };
type Forged = readonly [what: string, event: (incident: string) => unknown, status: number, words: RegExp];

const approves = (incident: string, more: { readonly [key: string]: Json } = {}) => ({
  do: 'approve',
  incident,
  ...more,
});
const signed = (incident: string, more = {}): Event => functionUrlEvent(alice, approves(incident, more));
const withAuthorizer = (authorizer: unknown) => (incident: string) => {
  const event = functionUrlEvent(alice, approves(incident));
  return { ...event, requestContext: { ...event.requestContext, authorizer } };
};
const withBody =
  (body: unknown, isBase64Encoded = false) =>
  (incident: string) => ({
    ...signed(incident),
    body: typeof body === 'function' ? body(incident) : body,
    isBase64Encoded,
  });
const nobody = /AWS did not say who calls, so nothing was done/;
const noForm = /can't be read: .*Nothing was done; correct it/;

const forged: readonly Forged[] = [
  ['called directly, with a name in it', (id) => approves(id, { by: alice }), 403, nobody],
  ['called directly, as the workflow’s token', (id) => approves(id, { token: 'AQC' }), 403, nobody],
  ['with the parts of a request and no context', (id) => ({ body: JSON.stringify(approves(id)) }), 403, nobody],
  ['through a URL without authorisation', withAuthorizer(undefined), 403, nobody],
  ['with an empty authoriser', withAuthorizer({}), 403, nobody],
  ['with no IAM identity', withAuthorizer({ iam: null }), 403, nobody],
  [
    'with the claims of somebody else’s authoriser',
    withAuthorizer({ jwt: { claims: { userArn: alice } }, lambda: { userArn: alice } }),
    403,
    nobody,
  ],
  ['with a bare name', withAuthorizer({ iam: { userArn: 'alice' } }), 403, nobody],
  ['with an ARN of something else', withAuthorizer({ iam: { userArn: 'arn:aws:s3:::alice' } }), 403, nobody],
  ['with a list of names', withAuthorizer({ iam: { userArn: [alice] } }), 403, nobody],
  [
    'by a name that the caller chose',
    (id) => functionUrlEvent(federated, approves(id)),
    403,
    /says nothing of who that is/,
  ],
  ['with a name in the body', (id) => signed(id, { by: bob }), 400, /by is no field that is known/],
  ['with an ARN in the body', (id) => signed(id, { userArn: bob }), 400, noForm],
  ['with the token in the body', (id) => signed(id, { token: 'AQC' }), 400, noForm],
  ['of another plan', (id) => signed(id, { hash: 'f'.repeat(64) }), 409, /changed while it was shown/],
  ['of no plan at all', (id) => signed(id, { hash: '' }), 400, /hash should be the hash of a plan/],
  ['of an incident that there is not', () => signed('fb-ffffffffffff'), 404, /There is no incident fb-ffffffffffff/],
  ['of an incident of no known form', (id) => signed(`../${id}`), 400, /incident should be/],
  ['of several at once', withBody((id: string) => JSON.stringify([approves(id), approves(id)])), 400, noForm],
  ['of nothing', withBody('null'), 400, noForm],
  ['in no JSON', withBody('do=approve'), 400, /The body is no JSON/],
  ['without a body', withBody(undefined), 400, /has no body/],
  ['in base64 that is none', withBody('{"do":"approve"}', true), 400, /The body is no JSON/],
  ['for what nobody does', withBody((id: string) => JSON.stringify({ do: 'delete', incident: id })), 400, noForm],
  [
    'with another prototype',
    withBody((id: string) => `{"do":"show","__proto__":{"do":"approve"},"incident":"${id}"}`),
    400,
    noForm,
  ],
  ['resumed through the URL', withBody((id: string) => JSON.stringify({ do: 'resume', incident: id })), 400, noForm],
  [
    'resumed, with a context beside it',
    (id) => ({ ...signed(id), do: 'resume', incident: id, body: '{}' }),
    400,
    noForm,
  ],
  [
    'resumed, with a disposition of one’s own',
    (id) => ({ do: 'resume', incident: id, disposition: 'contain' }),
    403,
    nobody,
  ],
];

describe('an answer to what waits', () => {
  it.each(forged)('%s', async (_what, event, status, words) => {
    const staged = await waits();
    const before = await staged.practice.ledger.read('incidents', staged.id);
    const answer = await staged.invoke(event(staged.id));
    expect(answer.statusCode).toBe(status);
    const { error, ...others } = JSON.parse(answer.body) as { error: string };
    expect(error).toMatch(words);
    expect(error).not.toMatch(/\n|\.ts:|at Object|node:/);
    expect(others).toEqual({});
    expect(await staged.practice.ledger.read('incidents', staged.id)).toEqual(before);
    expect(staged.answersSent()).toEqual([]);
    await staged.ends;
    expect(await staged.practice.read(staged.id)).toMatchObject({ outcome: 'expired', approval: null });
    expect(staged.answersSent()).toEqual([]);
    expect(staged.writes()).toEqual([]);
  });

  it('resumed from within while it waits for a person: it goes on waiting', async () => {
    const staged = await waits();
    expect(await staged.invoke({ do: 'resume', incident: staged.id })).toEqual({ incident: staged.id, resumed: false });
    expect(await staged.invoke({ do: 'resume', incident: 'fb-ffffffffffff' })).toMatchObject({ resumed: false });
    expect(await staged.practice.read(staged.id)).toMatchObject({ phase: 'waiting', approval: null });
    expect(staged.answersSent()).toEqual([]);
    await staged.ends;
    expect(staged.writes()).toEqual([]);
  });
});

describe('a release of what is contained', () => {
  const releases = (incident: string, more = {}) => ({ do: 'release', incident, mode: 'force', ...more });

  it.each<[string, (id: string) => unknown, number]>([
    ['called directly', (id) => releases(id), 403],
    ['by a bare name', (id) => functionUrlEvent('alice', releases(id)), 403],
    ['with who asked in the body', (id) => functionUrlEvent(alice, releases(id, { by: bob })), 400],
    ['in a way that there is not', (id) => functionUrlEvent(alice, releases(id, { mode: 'delete' })), 400],
    ['in no way', (id) => functionUrlEvent(alice, { do: 'release', incident: id }), 400],
    ['resumed from within', (id) => ({ do: 'resume', incident: id }), 0],
    ['approved', (id) => functionUrlEvent(alice, { do: 'approve', incident: id }), 409],
    ['denied', (id) => functionUrlEvent(alice, { do: 'deny', incident: id }), 409],
  ])('%s', async (_what, event, status) => {
    const staged = await contained();
    const before = staged.writes().length;
    const answer = await staged.invoke(event(staged.id));
    expect(answer.statusCode ?? 0).toBe(status);
    expect(await staged.practice.read(staged.id)).toMatchObject({ phase: 'holding', releaseRequest: null });
    expect(staged.practice.world.calls.filter(({ command }) => command === 'StartExecution')).toHaveLength(1);
    expect(staged.answersSent()).toEqual([]);
    expect(staged.writes()).toHaveLength(before);
  });
});

it('a request by hand names nobody but who sends it', async () => {
  const staged = await contained();
  const asked = { do: 'start', playbook: name, resource: 'a-bucket', reason: 'open', by: `arn:aws:iam::${own}:root` };
  expect(await staged.say(session('x'), asked)).toMatchObject({ status: 400 });
  expect(await staged.practice.ledger.list('incidents', '')).toHaveLength(1);
});
