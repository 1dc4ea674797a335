// What must not be said does not compile: checked by the type checker (npm run types), each line on its own.
import { describe, expect, it } from 'vitest';
import { act } from '../../playbooks/language/act.ts';
import { guardDuty } from '../../playbooks/language/answer.ts';
import { recorded } from '../../playbooks/language/evidence.ts';
import type { Json } from '../../playbooks/language/json.ts';
import { type Change, type Playbook, playbook } from '../../playbooks/language/playbook.ts';
import type { ResourceKind } from '../../playbooks/language/resource.ts';
import { setting } from '../../playbooks/language/setting.ts';

const thing: ResourceKind = {
  type: 'AWS::Test::Thing',
  scope: 'regional',
  noun: 'thing',
  example: 't-1',
  parse: (text) => ({ id: text }),
  arn: (id) => id,
};
const none = { read: [], write: [] };
const lamp = setting<`lamp-${string}`, 'on' | 'off'>({
  name: 'test/lamp',
  version: 1,
  scope: 'regional',
  permissions: none,
  settleSeconds: 0,
  read: async () => 'on',
  write: async () => {},
  say: (value) => value,
});
const demolition = act<null>({
  name: 'test/demolition',
  irreversible: 'what is gone is gone',
  permissions: [],
  done: async () => false,
  run: async () => {},
});
const common = {
  title: 'Switch off a lamp',
  containment: 'source',
  resource: thing,
  answers: [guardDuty('Test:*')],
  evidence: { state: recorded('test/state') },
  permissions: [],
} as const;

describe('the language', () => {
  it('infers what was seen, and compiles a playbook that keeps to what it declares', () => {
    const compiled: Playbook = playbook({
      ...common,
      approval: 'automatic',
      settings: { lamp },
      options: { brightness: ['low', 'high'] },
      observe: async (target, _aws, { brightness }) => ({ lamp: target.id, brightness }),
      preserve: (seen, take) => [take.state(seen.lamp, { lamp: seen.lamp })],
      contain: (seen, set, { options }) => [
        set.lamp(`lamp-${seen.lamp}`, options.brightness === 'low' ? 'off' : 'on', { release: 'keep' }),
      ],
      residual: (seen) => [seen.lamp],
    });
    expect(Object.keys(compiled.settings)).toEqual(['lamp']);
  });

  it('refuses, at compile time, what must not be said', () => {
    const seen = { observe: async () => ({ id: 'x' }), preserve: () => [], residual: () => [] };
    const principal = async () => 'arn';
    const attempts = () => [
      playbook({
        ...common,
        ...seen,
        approval: 'automatic',
        settings: {},
        // @ts-expect-error a setting that is not declared can't be used
        contain: (_seen, set) => [set.lamp('lamp-1', 'off')],
      }),
      playbook({
        ...common,
        ...seen,
        approval: 'automatic',
        settings: { lamp },
        // @ts-expect-error a value that the setting does not have
        contain: (_seen, set) => [set.lamp('lamp-1', 'dim')],
      }),
      playbook({
        ...common,
        ...seen,
        approval: 'automatic',
        settings: { lamp },
        // @ts-expect-error an id of another kind
        contain: (_seen, set) => [set.lamp('candle-1', 'off')],
      }),
      playbook({
        ...common,
        ...seen,
        approval: 'automatic',
        settings: { lamp },
        // @ts-expect-error a change made by hand, past the declared settings
        contain: () => [{ setting: 'lamp', id: 'lamp-1', to: 'off', effect: 'containing', release: 'restore' }],
      }),
      // @ts-expect-error what can't be undone never runs without a person
      playbook({ ...common, ...seen, approval: 'automatic', settings: {}, acts: { demolition }, contain: () => [] }),
      playbook({
        ...common,
        ...seen,
        approval: 'automatic',
        settings: {},
        // @ts-expect-error evidence that is not declared can't be taken
        preserve: (_seen, take) => [take.volumes('i-1')],
        contain: () => [],
      }),
      // @ts-expect-error a value that is not JSON would not survive the ledger
      setting<string, Date>({ ...lamp, read: async () => new Date(), write: async () => {}, say: String }),
      // @ts-expect-error hands that nobody has
      { ...lamp, hands: { by: 'mallory', lifted: 'on', permissions: [], principal } } satisfies typeof lamp,
      // @ts-expect-error a value that denies nobody anything, and is none of the setting's
      { ...lamp, hands: { by: 'deny', lifted: 'allowed', permissions: [], principal } } satisfies typeof lamp,
      // @ts-expect-error who denies somebody something has to know whom
      { ...lamp, hands: { by: 'deny', lifted: 'on', permissions: [] } } satisfies typeof lamp,
      // @ts-expect-error an act has to say why it can't be undone
      act<null>({ name: 'test/x', permissions: [], done: async () => false, run: async () => {} }),
    ];
    expect(attempts).toBeTypeOf('function');
  });

  it('lets a playbook that always asks do what can not be undone', () => {
    const irreversible = playbook({
      ...common,
      approval: 'required',
      settings: {},
      acts: { demolition },
      observe: async () => ({ id: 'x' }),
      preserve: () => [],
      contain: (seen, _set, _circumstances, once) => [once.demolition(seen.id)],
      residual: () => [],
    });
    const proposal = irreversible.propose({ id: 'x' } satisfies Json, {} as never);
    expect(proposal).toMatchObject({ acts: [{ act: 'demolition', id: 'x' }], changes: [] satisfies Change[] });
  });
});
