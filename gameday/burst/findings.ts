// The findings of a burst, as they come on the bus: each detection several times, in the ways in which AWS itself sends it twice and more.
import { guardDutyEvent } from '../../playbooks/events/guardduty.ts';
import { securityHubGuardDutyEvent } from '../../playbooks/events/securityhub.ts';
import type { Json } from '../../playbooks/language/json.ts';
import { createRandom } from '../account/random.ts';

/** The delegated administrator of GuardDuty and Security Hub, on whose bus each finding arrives as well. */
export const administrator = '999988887777';

/** An update says that GuardDuty has seen it once more since. */
const ways = ['member', 'administrator', 'hub of the member', 'hub of the administrator', 'updated'] as const;
export type Way = (typeof ways)[number];
export const copiesEach = ways.length;

export type Detection = {
  readonly instance: string;
  readonly account: string;
  readonly region: string;
  readonly at: Date;
};

export interface Arrival {
  readonly event: Json;
  readonly way: Way;
  readonly instance: string;
  /** Virtual milliseconds after the burst began. */
  readonly after: number;
}

/** The same finding whatever way it comes, with the same id. */
const findingOf = ({ instance, ...place }: Detection) => ({
  type: 'CryptoCurrency:Runtime/BitcoinTool.B',
  severity: 8,
  ...place,
  role: 'ACTOR' as const,
  resource: { instance: { id: instance } },
  action: { runtime: { process: '/tmp/kworkerd' } },
});

const eventBy: Readonly<Record<Way, (detection: Detection) => Json>> = {
  member: (one) => guardDutyEvent(findingOf(one)),
  administrator: (one) => guardDutyEvent({ ...findingOf(one), receivedIn: administrator }),
  'hub of the member': (one) => securityHubGuardDutyEvent(findingOf(one)),
  'hub of the administrator': (one) => securityHubGuardDutyEvent({ ...findingOf(one), receivedIn: administrator }),
  updated: (one) => guardDutyEvent({ ...findingOf(one), at: new Date(one.at.getTime() + 1000), count: 2 }),
};

/** Every detection by every way, at any time of the span and in any order: EventBridge promises none. */
export const arrivalsOf = (
  detections: readonly Detection[],
  spanMilliseconds: number,
  seed: number,
): readonly Arrival[] => {
  const random = createRandom(seed, 'arrivals');
  return detections
    .flatMap((detection) =>
      ways.map((way) => ({
        event: eventBy[way](detection),
        way,
        instance: detection.instance,
        after: random.between(0, spanMilliseconds - 1),
      })),
    )
    .toSorted((a, b) => a.after - b.after);
};
