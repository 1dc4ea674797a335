// A small catalogue for the drill's own tests: one key that leaks, and whatever a test wants to go wrong with it.
import {
  CreateAccessKeyCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteUserCommand,
  IAMClient,
  TagUserCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import type { Catalogue } from '../../gameday/drill.ts';
import { guardDutyEvent } from '../../playbooks/events/guardduty.ts';
import { guardDuty } from '../../playbooks/language/answer.ts';
import { recorded } from '../../playbooks/language/evidence.ts';
import type { Json } from '../../playbooks/language/json.ts';
import { type Playbook, playbook, refuse } from '../../playbooks/language/playbook.ts';
import { type Scenario, scenario } from '../../playbooks/language/scenario.ts';
import { type AnySetting, setting } from '../../playbooks/language/setting.ts';
import { accessKey } from '../../playbooks/resources/iam.ts';
import { accessKeyStatus } from '../../playbooks/settings/iam.ts';

const usual = 'UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom';

/** Every write of this one leaves a tag behind that no release takes away. */
export const untidy: AnySetting = setting<`${string}/${string}`, 'Active' | 'Inactive'>({
  ...accessKeyStatus,
  name: 'iam/untidy-key-status',
  write: async (aws, id, to, prepared) => {
    await accessKeyStatus.write(aws, id, to, prepared);
    const Tags = [{ Key: 'left-behind', Value: to }];
    await aws(IAMClient).send(new TagUserCommand({ UserName: id.slice(0, id.indexOf('/')), Tags }));
  },
}) as unknown as AnySetting;

type Options = {
  readonly setting?: AnySetting;
  readonly release?: 'restore' | 'keep';
  readonly refuses?: string;
  readonly title?: string;
  /** The finding that it answers. */
  readonly finding?: string;
};

/** Disables the key that a finding names. */
export const disable = ({ setting: status, release = 'restore', refuses, title, finding }: Options = {}): Playbook =>
  playbook({
    title: title ?? 'Disable the key',
    containment: 'technique-and-access',
    resource: accessKey,
    answers: [guardDuty(finding ?? usual)],
    approval: 'automatic',
    settings: { status: status ?? (accessKeyStatus as unknown as AnySetting) },
    evidence: { key: recorded('iam/key') },
    permissions: [],
    observe: async ({ id, detail }) => ({ id: `${detail.userName}/${id}` }),
    preserve: ({ id }, take) => [take.key(id, { id })],
    contain: ({ id }, set) => (refuses ? refuse(refuses) : [set.status(id, 'Inactive', { release })]),
    residual: () => ['Sessions that were taken from the key live on.'],
  });

const userName = 'build';

/** A user's key is used by somebody else. */
export const leak = (changes: Partial<Scenario<Json>> = {}, finding = usual): Scenario<Json> => ({
  ...scenario({
    title: 'A key that leaked',
    story: 'A key stands in a repository. Somebody else uses it.',
    arrange: async ({ aws }) => {
      const iam = aws(IAMClient);
      await iam.send(new CreateUserCommand({ UserName: userName }));
      const made = await iam.send(new CreateAccessKeyCommand({ UserName: userName }));
      return { key: made.AccessKey?.AccessKeyId ?? '' };
    },
    finding: ({ key }, { account, region, now }) =>
      guardDutyEvent({
        type: finding,
        severity: 8,
        account,
        region,
        at: now,
        resource: { accessKey: { id: key, userName, userType: 'IAMUser', principalId: 'AIDAEXAMPLEEXAMPLE123' } },
      }),
    harm: async ({ key }, { aws }) => (await accessKeyStatus.read(aws, `${userName}/${key}`)) === 'Active',
    cleanUp: async ({ key }, { aws }) => {
      const iam = aws(IAMClient);
      await iam.send(new DeleteAccessKeyCommand({ UserName: userName, AccessKeyId: key }));
      await iam.send(new DeleteUserCommand({ UserName: userName }));
    },
  }),
  ...changes,
});

/** A scenario in which the key is inactive before anybody does anything. */
export const harmless = (): Scenario<Json> => {
  const leaked = leak();
  return {
    ...leaked,
    arrange: async (stage) => {
      const arranged = await leaked.arrange(stage);
      const { key } = arranged as { readonly key: string };
      await stage
        .aws(IAMClient)
        .send(new UpdateAccessKeyCommand({ UserName: userName, AccessKeyId: key, Status: 'Inactive' }));
      return arranged;
    },
  };
};

export const catalogueOf = (
  playbooks: Readonly<Record<string, Playbook>>,
  scenarios: Readonly<Record<string, Readonly<Record<string, Scenario<Json>>>>>,
): Catalogue => ({
  playbooks: new Map(Object.entries(playbooks)),
  scenariosOf: async (name) => scenarios[name] ?? {},
});

/** One playbook with one scenario. */
export const single = (of: Playbook = disable(), played: Scenario<Json> = leak()): Catalogue =>
  catalogueOf({ 'disable-key': of }, { 'disable-key': { leaked: played } });
