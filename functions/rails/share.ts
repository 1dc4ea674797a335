// Shares of a group, in the ledger: two that are contained at once can't each believe that the other one still serves.
import type { Share } from '../../playbooks/language/playbook.ts';
import type { Target } from '../../playbooks/language/resource.ts';
import type { Ledger, Pause } from '../engine/ledger.ts';
import { changeRecord, foreread } from '../engine/record.ts';
import type { Config } from './config.ts';
import type { Decision } from './decision.ts';
import { shareRail } from './resource.ts';

type Claim = { readonly resource: string; readonly at: string };
type Claims = { readonly claims: readonly Claim[] };

/** Until then what was taken from a group may not be seen in it; afterwards observe sees it by itself. */
const unseenSeconds = 120;

interface Tools {
  readonly ledger: Ledger;
  readonly now: () => Date;
  readonly pause: Pause;
}

const keyOf = ({ account, region }: Target, { of }: Share): string => `share/${account}/${region}/${of}`;

/** Begins to read who was taken from the group, for whoever will be. */
export const forereadShare = (ledger: Ledger, target: Target, share: Share): void =>
  foreread(ledger, ['budgets', keyOf(target, share)]);

/**
 * Claims this resource's place in the group, in one conditional write. Nothing where it may be taken out.
 * @throws when the ledger can't be read or written.
 */
export const claimShare = (
  { ledger, now, pause }: Tools,
  target: Target,
  share: Share,
  config: Pick<Config, 'share'>,
): Promise<readonly Decision[]> =>
  changeRecord({ ledger, pause }, `Claiming a share of ${share.of}`, ['budgets', keyOf(target, share)], (found) => {
    const time = now();
    const recent = ((found?.value ?? { claims: [] }) as Claims).claims.filter(
      ({ at }) => time.getTime() - Date.parse(at) < unseenSeconds * 1000,
    );
    const others = recent.filter(({ resource }) => resource !== target.id);
    const decisions = shareRail(share, config, others.length);
    if (decisions.length > 0 || others.length < recent.length) return { answer: decisions };
    const claims: Claims = { claims: [...others, { resource: target.id, at: time.toISOString() }] };
    return { answer: decisions, value: claims };
  });
