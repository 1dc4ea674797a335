// Forged executions and releases: whoever starts a workflow, or calls a playbook's function, with a state of his own writes nothing that the
// ledger does not show as admitted.
import { describe, expect, it } from 'vitest';
import { closeHandler } from '../../functions/close.ts';
import { incidentId } from '../../functions/engine/incident.ts';
import { receive } from '../../functions/engine/receive.ts';
import { playbookHandler } from '../../functions/playbook.ts';
import { admitRelease } from '../../functions/rails/admission.ts';
import type { ConfigInput } from '../../functions/rails/config.ts';
import type { Json } from '../../playbooks/language/json.ts';
import { type Ground, on, silent, stolenKey } from './ground.ts';

/** An incident as it came to be. `id` is what its execution is started with. */
type Begun = Ground & { readonly id: string };

const opened = async (make = stolenKey, input: ConfigInput = {}): Promise<Begun> => {
  const staged = await make(silent(input));
  const received = await receive(staged.practice.engine('receive'), staged.event);
  if ('unreadable' in received) throw new Error(received.unreadable);
  return { ...staged, id: received.incidents[0]?.incident.id ?? '' };
};

const carriedOut = async (
  input: ConfigInput = {},
  answer: 'approve' | 'deny' | 'silence' = 'silence',
): Promise<Begun> => {
  const staged = await stolenKey({ config: on(input), answer });
  const { incident } = await staged.respond();
  return { ...staged, id: incident.id };
};

const asks: ConfigInput = { playbooks: { 'disable-access-key': { mode: 'ask' } } };

const waits = async (): Promise<Begun> => {
  const begun = await opened(stolenKey, asks);
  await playbookHandler(begun.practice.engine('disable-access-key'))({
    do: 'contain',
    incident: begun.id,
    playbook: 'disable-access-key',
  });
  return begun;
};

const released = async (): Promise<Begun> => {
  const begun = await carriedOut();
  await begun.practice.release(await begun.practice.read(begun.id), 'force');
  return begun;
};

/** The record rewritten by somebody who got at the ledger, but not by the rails. */
const rewritten = async (change: (record: { [key: string]: Json }) => void, begun: Begun): Promise<Begun> => {
  const entry = await begun.practice.ledger.read('incidents', begun.id);
  const record = structuredClone(entry?.value) as { [key: string]: Json };
  change(record);
  const id = record.id as string;
  await begun.practice.ledger.write('incidents', id, record, id === begun.id ? (entry?.version ?? 0) : 0);
  return { ...begun, id };
};

const aged = async (begun: Promise<Begun>, hours: number): Promise<Begun> => {
  const one = await begun;
  one.practice.world.clock.advance(hours * 3_600_000);
  return one;
};

const askedFor = async (begun: Promise<Begun>, mode: 'restore' | 'keep'): Promise<Begun> => {
  const one = await begun;
  await admitRelease(one.practice.engine('console'), one.id, mode, 'arn:aws:iam::111122223333:user/oncall');
  return one;
};

type State = { readonly [key: string]: Json };
type Execution = readonly [what: string, begin: () => Promise<Begun>, state: (begun: Begun) => State];

const contain = ({ id }: Begun): State => ({ do: 'contain', incident: id, playbook: 'disable-access-key' });
const letGo =
  (mode: string) =>
  ({ id }: Begun): State => ({ do: 'release', incident: id, playbook: 'disable-access-key', mode });
const withMore =
  (more: State) =>
  (begun: Begun): State => ({ ...contain(begun), ...more });

const executions: readonly Execution[] = [
  ['an incident that there is not', () => opened(), withMore({ incident: 'fb-ffffffffffff' })],
  ['an incident of no known form', () => opened(), withMore({ incident: '../fb-ffffffffffff' })],
  ['an incident of another playbook', () => opened(), withMore({ playbook: 'block-public-bucket' })],
  ['a playbook that there is not', () => opened(), withMore({ playbook: 'delete-user' })],
  ['something that no playbook does', () => opened(), withMore({ do: 'delete' })],
  ['one that was only planned', () => carriedOut({ mode: 'observe' }), contain],
  ['one that was denied', () => carriedOut(asks, 'deny'), contain],
  ['one whose question expired', () => carriedOut(asks), contain],
  ['one that was released', released, contain],
  ['one that waits', waits, contain],
  [
    'one that waits, with an approval in the state',
    waits,
    withMore({ approval: { hash: 'a', by: 'mallory' }, approved: true }),
  ],
  [
    'one that waits, with another disposition in the state',
    waits,
    withMore({ disposition: 'contain', phase: 'containing' }),
  ],
  ['one that was admitted days ago and never begun', () => aged(opened(), 30), contain],
  [
    'one that the ledger does not show as admitted',
    async () =>
      rewritten(
        (record) => {
          record.admission = null;
        },
        await opened(),
      ),
    contain,
  ],
  [
    'one that is said to hold, and was never admitted',
    async () =>
      rewritten(
        (record) => {
          Object.assign(record, { admission: null, phase: 'holding' });
        },
        await opened(),
      ),
    contain,
  ],
  [
    'a record with another target, which is there as well',
    async () => {
      const begun = await opened();
      const { otherKey } = begun.arranged as { otherKey: string };
      return rewritten((record) => {
        record.target = { ...(record.target as object), id: otherKey } as Json;
      }, begun);
    },
    contain,
  ],
  [
    'a record under an id of its own',
    async () =>
      rewritten(
        (record) => {
          record.id = incidentId('planted', 1);
        },
        await opened(),
      ),
    contain,
  ],
  ['a verification of what was never contained', () => opened(), withMore({ do: 'verify' })],
  ['evidence of what was never contained', () => opened(), withMore({ do: 'preserve' })],
];

const releases: readonly Execution[] = [
  ['a release that nobody asked for', carriedOut, letGo('restore')],
  ['a release by force that nobody asked for', carriedOut, letGo('force')],
  ['a release by force where a plain one was asked for', () => askedFor(carriedOut(), 'restore'), letGo('force')],
  ['a plain release where letting go was asked for', () => askedFor(carriedOut(), 'keep'), letGo('restore')],
  ['a release that was asked for long ago', () => aged(askedFor(carriedOut(), 'restore'), 2), letGo('restore')],
  [
    'a release of an incident that there is not',
    carriedOut,
    () => ({ do: 'release', incident: 'fb-ffffffffffff', playbook: 'disable-access-key', mode: 'force' }),
  ],
  [
    'a release of another playbook’s incident',
    carriedOut,
    ({ id }) => ({ do: 'release', incident: id, playbook: 'block-public-bucket', mode: 'force' }),
  ],
  ['a release in a way that there is not', carriedOut, letGo('delete')],
  [
    'a release with its permission in the state',
    carriedOut,
    (begun) => ({ ...letGo('force')(begun), releaseRequest: { mode: 'force' } }),
  ],
  [
    'the end of a release that never began',
    carriedOut,
    ({ id }) => ({ do: 'verify-release', incident: id, playbook: 'disable-access-key' }),
  ],
  ['a release of what was never contained', () => opened(), letGo('force')],
  ['a release of what waits', waits, letGo('force')],
];

describe.each([
  ['executions', executions],
  ['releases', releases],
] as const)('%s', (_kind, table) => {
  it.each(table)('%s', async (_what, begin, state) => {
    const begun = await begin();
    const before = begun.writes().length;
    const process = begun.practice.engine('disable-access-key');
    const input = state(begun);
    const call = async () => {
      try {
        return await playbookHandler(process)(input);
      } catch (error) {
        return (error as Error).name;
      }
    };
    const phase = async () => (await begun.practice.ledger.read('incidents', begun.id))?.value as { phase: string };
    const stood = (await phase())?.phase;
    // Called again and again, as a workflow does that retries.
    for (let times = 0; times < 4; times++) await call();
    expect(begun.writes().length).toBe(before);
    // A release that nobody asked for ends nothing either.
    if (input.do === 'release' || input.do === 'verify-release') expect((await phase())?.phase).toBe(stood);
  });
});

it.each([
  ['one that was only planned', () => carriedOut({ mode: 'observe' })],
  ['one that was denied', () => carriedOut(asks, 'deny')],
  ['one that was released', released],
  ['one that waits', waits],
  ['one that was admitted days ago and never begun', () => aged(opened(), 30)],
] as const)('the whole workflow, started by hand for %s', async (_what, begin) => {
  const begun = await begin();
  const before = begun.writes().length;
  await begun.practice.contain(await begun.practice.read(begun.id));
  expect(begun.writes().length).toBe(before);
});

describe('close, called by somebody with a state of his own', () => {
  const error = { Error: 'Denied', Cause: 'Denied by arn:aws:iam::111122223333:user/ciso' };

  it('takes nobody for denied whose denial is not on record', async () => {
    const { practice, id } = await waits();
    await closeHandler(practice.engine('close'))({ incident: id, playbook: 'disable-access-key', error });
    const { outcome, reason } = await practice.read(id);
    expect(outcome).toBe('failed');
    expect(reason).toMatch(
      /^Its workflow was told that it is denied, and nobody's denial is on record: .*nothing is contained/,
    );
  });

  it('decides nothing of an incident that is another playbook’s, or that there is not', async () => {
    const { practice, id } = await waits();
    const before = await practice.read(id);
    for (const [incident, playbook] of [
      [id, 'zzz'],
      ['fb-ffffffffffff', 'disable-access-key'],
    ])
      await expect(closeHandler(practice.engine('close'))({ incident, playbook, error })).rejects.toThrow(
        /was handed to .*, but the ledger/,
      );
    expect(await practice.read(id)).toEqual(before);
  });
});
