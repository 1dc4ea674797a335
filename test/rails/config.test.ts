// The configuration: its defaults, its faults in words, and that it never lets a playbook go further than the playbook says.
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type ConfigInput, defineConfig, faultsIn } from '../../functions/rails/config.ts';
import { disagreements, loadConfig } from '../../functions/rails/load-config.ts';
import { playbooks } from '../laws/staged.ts';

const exemption = { owner: 'payments', reason: 'card terminals', until: '2027-03-31' };

describe('defaults', () => {
  it('a first deployment observes, trusts no Config rule, and exempts nothing', () => {
    expect(defineConfig({})).toMatchObject({
      mode: 'observe',
      trustedConfigRules: [],
      protected: [],
      crownJewels: [],
      administrators: [],
      share: { percent: 50, min: 1 },
      budgets: { containments: { LOW: { containments: 3, perSeconds: 3600 } } },
    });
  });

  it('what is given once keeps the rest', () => {
    const { budgets } = defineConfig({ budgets: { containments: { LOW: { containments: 0, perSeconds: 60 } } } });
    expect(budgets.containments.LOW).toEqual({ containments: 0, perSeconds: 60 });
    expect(budgets.containments.HIGH.containments).toBeGreaterThan(0);
    expect(budgets.evidence.HIGH.requests).toBeGreaterThan(0);
  });

  it("a playbook's question ends in a denial, and by somebody else's word", () => {
    const { playbooks: chosen } = defineConfig({ playbooks: { 'isolate-instance': {} } });
    expect(chosen['isolate-instance']).toMatchObject({ onNoAnswer: 'deny', approverMustDiffer: true });
  });

  it('one person may release what he asked for, and turn the switch up again', () => {
    const { playbooks: chosen, switchMustDiffer } = defineConfig({ playbooks: { 'isolate-instance': {} } });
    expect([chosen['isolate-instance']?.releaserMustDiffer, switchMustDiffer]).toEqual([false, false]);
  });
});

describe('faults say where and what, the wrong value and the remedy', () => {
  it.each<[string, unknown, string]>([
    ['a misspelt field', { modus: 'on' }, 'modus: is no field that is known: there are mode, accounts, '],
    [
      'a mode',
      { mode: 'auto' },
      "mode: 'auto' is no position of the switch: write 'on', 'observe' (plans and tells, writes nothing) or 'off'",
    ],
    [
      'a date that there is not',
      { protected: [{ ...exemption, arn: 'arn:aws:s3:::a', until: '2026-13-01' }] },
      "protected[0].until: '2026-13-01' is no date: write YYYY-MM-DD",
    ],
    [
      'the thirtieth of February',
      { protected: [{ ...exemption, account: '111122223333', until: '2026-02-30' }] },
      "protected[0].until: '2026-02-30' is no date: write YYYY-MM-DD",
    ],
    [
      'no end',
      { protected: [{ arn: 'arn:aws:s3:::a', owner: 'a', reason: 'b' }] },
      'protected[0].until: is missing: write { arn, account, ou or tag; owner, reason, until }',
    ],
    [
      'an owner of blanks',
      { protected: [{ ...exemption, arn: 'arn:aws:s3:::a', owner: ' ' }] },
      "protected[0].owner: ' ' is nothing that could be an owner: write it in words",
    ],
    [
      'a tag alone',
      { protected: [{ ...exemption, tag: 'firebreak=exempt' }] },
      'protected[0]: has a tag alone, which never exempts, because whoever owns the resource may have set it: add arn, account or ou',
    ],
    [
      'everything',
      { protected: [{ ...exemption, arn: '*' }] },
      "protected[0].arn: '*' is a pattern that fits everything: name what is meant, with * for any text",
    ],
    [
      'everything of AWS',
      { protected: [{ ...exemption, arn: 'arn:aws:*' }] },
      "protected[0].arn: 'arn:aws:*' is a pattern that fits everything: name what is meant, with * for any text",
    ],
    [
      'everything in the partition',
      { ownRoles: ['arn:*:*:*'] },
      "ownRoles[0]: 'arn:*:*:*' is a pattern that fits everything: name what is meant, with * for any text",
    ],
    ['nothing', { protected: [{ ...exemption }] }, 'protected[0]: names nothing: add arn, account, ou or tag'],
    [
      'an account as a number',
      { accounts: [111122223333] },
      'accounts[0]: 111122223333 is no account id: write 12 digits in quotes',
    ],
    ['a Region', { regions: ['Frankfurt'] }, "regions[0]: 'Frankfurt' is no Region: write one such as eu-central-1"],
    [
      'a unit',
      { crownJewels: [{ owner: 'a', reason: 'b', ou: 'Production' }] },
      "crownJewels[0].ou: 'Production' is no id of an organizational unit: write one such as ou-ab12-cdef3456",
    ],
    [
      'a budget below nothing',
      { budgets: { containments: { HIGH: { containments: -1, perSeconds: 60 } } } },
      'budgets.containments.HIGH.containments: -1 is no whole number of 0 or more: write one',
    ],
    [
      'a budget for no time',
      { budgets: { evidence: { HIGH: { requests: 1, perSeconds: 0 } } } },
      'budgets.evidence.HIGH.perSeconds: 0 is no whole number of 1 or more: write one',
    ],
    ['more than all', { share: { percent: 120 } }, 'share.percent: 120 is no whole number of 0 to 100: write one'],
    [
      'a mode of a playbook',
      { playbooks: { 'isolate-instance': { mode: 'on' } } },
      "playbooks.isolate-instance.mode: 'on' is no mode of a playbook: write 'act', 'ask', 'plan' or 'off'",
    ],
    [
      'who releases',
      { playbooks: { 'isolate-instance': { releaserMustDiffer: 'always' } } },
      "playbooks.isolate-instance.releaserMustDiffer: 'always' is neither true, false nor 'force': write one of them; 'force' binds release --force alone",
    ],
    [
      'who turns the switch',
      { switchMustDiffer: 'yes' },
      "switchMustDiffer: 'yes' is neither true nor false: write one of them",
    ],
    ['no list', { trustedConfigRules: 's3' }, "trustedConfigRules: 's3' is no list: put it into square brackets"],
    ['no configuration', null, 'null is no set of fields: write defineConfig({ … })'],
  ])('%s', (_what, input, words) => {
    expect(faultsIn(input).join('\n')).toContain(`firebreak.config.ts: ${words}`);
    expect(() => defineConfig(input as ConfigInput)).toThrow(words);
  });

  it('all faults at once', () => {
    expect(faultsIn({ mode: 'x', staleAfterMinutes: 0.5, homeRegion: 'x' })).toHaveLength(3);
  });

  it('a tag alone may make a crown jewel: to be asked harms nobody', () => {
    expect(faultsIn({ crownJewels: [{ tag: 'data=cardholder', owner: 'a', reason: 'b' }] })).toEqual([]);
  });
});

describe('held against the playbooks', () => {
  const asking = new Map([...playbooks].map(([name, one]) => [name, { ...one, approval: 'required' as const }]));

  it.each<[string, ConfigInput, string]>([
    [
      'one that there is not',
      { playbooks: { 'isolate-instances': {} } },
      'playbooks.isolate-instances: there is no such playbook: there are block-public-bucket',
    ],
    [
      'an option that there is not',
      { playbooks: { 'disable-access-key': { options: { key: 'all' } } } },
      'playbooks.disable-access-key.options.key: disable-access-key has no such option: there are keys',
    ],
    [
      'a choice that there is not',
      { playbooks: { 'disable-access-key': { options: { keys: 'every' } } } },
      "playbooks.disable-access-key.options.keys: 'every' is no choice: write leaked or all",
    ],
  ])('%s', (_what, input, words) => {
    expect(disagreements(defineConfig(input), playbooks).join('\n')).toContain(words);
  });

  it('never looser than a playbook that always asks', () => {
    const input = { playbooks: { 'disable-access-key': { mode: 'act', onNoAnswer: 'contain' } } } as const;
    expect(disagreements(defineConfig(input), asking)).toEqual([
      expect.stringContaining(
        "playbooks.disable-access-key.mode: 'act' is looser than disable-access-key, which always asks",
      ),
      expect.stringContaining("playbooks.disable-access-key.onNoAnswer: 'contain' is looser"),
    ]);
    expect(disagreements(defineConfig(input), playbooks)).toEqual([]);
  });

  it('the file at the root is whole, and observes', async () => {
    const root = fileURLToPath(new URL('../../firebreak.config.ts', import.meta.url));
    expect(await loadConfig(root, playbooks)).toEqual(defineConfig({}));
  });

  it('a file without a default export, or none at all, is told', async () => {
    const without = fileURLToPath(new URL('./ground.ts', import.meta.url));
    await expect(loadConfig(without, playbooks)).rejects.toThrow(/has no default export: write/);
    await expect(loadConfig('/nowhere/firebreak.config.ts', playbooks)).rejects.toThrow(/nowhere/);
  });
});
