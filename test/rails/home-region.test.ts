// Which Region's responder answers: what is global only at home, what is regional only where it is, so that no two ledgers hold one thing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { receive } from '../../functions/engine/receive.ts';
import type { ConfigInput } from '../../functions/rails/config.ts';
import { homeRegionRail, toldIn } from '../../functions/rails/home-region.ts';
import type { Channel } from '../../playbooks/language/finding.ts';
import { here, on, openBucket, stolenKey } from './ground.ts';

const away = 'us-east-1';
const channels: readonly Channel[] = [
  'guardduty',
  'securityhub-imported',
  'securityhub-custom-action',
  'config',
  'health',
  'manual',
];
const several = (homeRegion: string): ConfigInput => ({ regions: [here, away], homeRegion });

type Where = { readonly own: string; readonly event?: string; readonly finding?: string; readonly target?: string };

const judged = (
  scope: 'regional' | 'global',
  channel: Channel,
  where: Where,
  input: ConfigInput = several(here),
  partition = 'aws',
): readonly string[] => {
  const { own, event = own, finding = event, target = finding } = where;
  return homeRegionRail(
    {
      scope,
      finding: { channel, region: finding },
      target: { partition, region: target },
      event: { region: event },
      own: { region: own },
    },
    on(input),
  ).map(({ do: how, reason }) => `${how}: ${reason}`);
};

describe('what is global', () => {
  it.each(channels)('is answered at home, by %s', (channel) => {
    expect(judged('global', channel, { own: here })).toEqual([]);
    expect(judged('global', channel, { own: here, event: away })).toEqual([]);
  });

  it.each(channels.filter((channel) => channel !== 'manual'))('is forwarded from elsewhere, by %s', (channel) =>
    expect(judged('global', channel, { own: away })).toEqual([
      `ignore: forwarded to ${here}, where global resources are answered for, not in ${away}`,
    ]),
  );

  it('is refused elsewhere where a person asks for it, with the Region in which to ask', () =>
    expect(judged('global', 'manual', { own: away })[0]).toMatch(
      `tell: global resources are answered for in ${here}, not in ${away}: ask for it there`,
    ));

  it.each<[string, Where, ConfigInput, string]>([
    [
      'it came from another Region, and EventBridge hands nothing on twice',
      { own: away, event: 'eu-west-1' },
      several(here),
      'aws',
    ],
    ['the partition hands nothing on', { own: away }, several(here), 'aws-us-gov'],
    ['no responder is deployed by Regions', { own: away }, { homeRegion: here }, 'aws'],
    ['none stands in this Region', { own: away }, { regions: [here, 'eu-west-1'], homeRegion: here }, 'aws'],
  ])('is told where nothing forwards it: %s', (_, where, input, partition) =>
    expect(judged('global', 'guardduty', where, input, partition)[0]).toMatch(/^tell: /),
  );
});

describe('what is regional', () => {
  it('is answered where it is', () => expect(judged('regional', 'guardduty', { own: away })).toEqual([]));

  it.each<Channel>(['guardduty', 'securityhub-imported', 'config'])(
    'is left to the responder there, by %s',
    (channel) =>
      expect(judged('regional', channel, { own: here, finding: away })).toEqual([
        `ignore: the responder in ${away} answers it, where the finding arose`,
      ]),
  );

  it.each<Channel>(['manual', 'securityhub-custom-action'])(
    'is refused elsewhere where a person asks for it, by %s',
    (channel) =>
      expect(judged('regional', channel, { own: here, finding: away })[0]).toMatch(
        `tell: ${away} has a responder of its own`,
      ),
  );

  it('is told where the finding arose elsewhere than the resource is: nobody there heard of it', () =>
    expect(judged('regional', 'guardduty', { own: here, target: away })[0]).toMatch(/^tell: /));

  it('is answered from afar where no responder stands in its Region', () =>
    expect(judged('regional', 'guardduty', { own: here, event: 'eu-west-1' })).toEqual([]));
});

describe('no thing in two Regions', () => {
  const place = fc.constantFrom(here, away);
  it('of several responders one at most acts on it, whatever way it comes in', () =>
    fc.assert(
      fc.property(
        fc.constantFrom(...channels),
        fc.constantFrom<'regional' | 'global'>('regional', 'global'),
        place,
        place,
        place,
        fc.constantFrom('aws', 'aws-cn'),
        (channel, scope, event, finding, target, partition) => {
          const acting = [here, away].filter(
            (own) => judged(scope, channel, { own, event, finding, target }, several(here), partition).length === 0,
          );
          expect(acting).toEqual([scope === 'global' ? here : target]);
        },
      ),
    ));
});

describe('what nobody acts on', () => {
  it('is told in the Region where it came in, and once', () => {
    const config = on(several(here));
    expect(toldIn({ region: away }, { region: here }, config)).toBe(away);
    expect(toldIn({ region: away }, { region: away }, config)).toBeUndefined();
    expect(toldIn({ region: 'eu-west-1' }, { region: here }, config)).toBeUndefined();
    expect(toldIn({ region: away }, { region: here }, on())).toBeUndefined();
  });
});

describe('receive', () => {
  it('opens no incident of a global resource away from home, and says where it went', async () => {
    const { practice, event } = await stolenKey({ config: on({ regions: [here, away], homeRegion: away }) });
    const taken = await receive(practice.engine('receive'), event);
    if ('unreadable' in taken) throw new Error(taken.unreadable);
    expect(taken.incidents).toEqual([]);
    expect(taken.told.map(({ do: how }) => how)).toEqual(['ignore']);
    expect(taken.told[0]?.reason).toContain(`forwarded to ${away}`);
  });

  it('opens the one of a regional resource there as ever', async () => {
    const { practice, event } = await openBucket({ config: on({ regions: [here, away], homeRegion: away }) });
    const taken = await receive(practice.engine('receive'), event);
    if ('unreadable' in taken) throw new Error(taken.unreadable);
    expect(taken.incidents).toHaveLength(1);
  });
});
