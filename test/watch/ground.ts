// The ground for the watch: something contained, what undoes it, and what was told and written since.
import { IAMClient, UpdateAccessKeyCommand } from '@aws-sdk/client-iam';
import { readJournal } from '../../functions/engine/journal.ts';
import type { ConfigInput } from '../../functions/rails/config.ts';
import type { PracticeOptions } from '../../gameday/practice.ts';
import { type Ground, on, stolenKey } from '../rails/ground.ts';

type Chosen = NonNullable<ConfigInput['playbooks']>[string];

export const reapplying: Chosen = { onDrift: 'reapply' };

/** A key's playbook with this choice, and all else as it is by default. */
export const chosen = (how: Chosen) => on({ playbooks: { 'disable-access-key': how } });

export const minutes = ({ practice }: Pick<Ground, 'practice'>, count: number): void =>
  practice.world.clock.advance(count * 60_000);

const journalOf = async ({ practice }: Ground, id: string) =>
  (await readJournal(practice.ledger, id)).flatMap(({ entries }) => entries);

/** A stolen key that was contained, long enough ago for AWS to have settled. */
export const containedKey = async (how: Chosen = {}, options: Partial<PracticeOptions> = {}) => {
  const staged = await stolenKey({ config: chosen(how), ...options });
  const { incident } = await staged.respond();
  if (incident.outcome !== 'contained') throw new Error(`It is ${incident.outcome}: ${incident.reason}`);
  const { practice } = staged;
  const { key: AccessKeyId, userName: UserName } = staged.arranged as { key: string; userName: string };
  const set = (Status: 'Active' | 'Inactive') =>
    practice.stage.aws(IAMClient).send(new UpdateAccessKeyCommand({ UserName, AccessKeyId, Status }));
  const [told, written] = [practice.notices().length, staged.writes().length];
  minutes(staged, 5);
  return {
    ...staged,
    id: incident.id,
    key: AccessKeyId,
    userName: UserName,
    activate: () => set('Active'),
    deactivate: () => set('Inactive'),
    /** One run of the watch, five minutes after the one before. */
    watch: async () => {
      const watched = await practice.watch();
      minutes(staged, 5);
      return watched;
    },
    told: () => practice.notices().slice(told),
    written: () => staged.writes().slice(written),
    incident: () => practice.read(incident.id),
    journal: async (step: string) => (await journalOf(staged, incident.id)).filter((entry) => entry.step === step),
  };
};
