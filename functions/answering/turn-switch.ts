// A person looks at the kill switch, or turns it. Whether he may is decided where it is for every way in: functions/rails/turning.ts.
import type { Json } from '../../playbooks/language/json.ts';
import { unanswered } from '../engine/answer.ts';
import type { Engine } from '../engine/engine.ts';
import { type Kept, keptBy, standingOf, standsAt, type Turned, turned } from '../rails/turning.ts';
import type { AskedTo } from './request.ts';

type Said = { readonly [key: string]: Json };

const saidTurned = ({ position, by, arn, at, reason }: Turned): Said => ({ position, by, arn, at, reason });

const saidKept = (kept: Kept, untilTurned: Turned['position']): Said => {
  if ('unread' in kept)
    return {
      position: null,
      reason: `The kill switch can't be read, so a person is asked before anything is written: ${kept.unread}`,
    };
  return kept.turned ? saidTurned(kept.turned) : { position: untilTurned, by: null, at: null, reason: '' };
};

/** @throws in a sentence, where there is none, or somebody else has to turn it. */
export const turnSwitch = async (engine: Engine, { to, reason }: AskedTo<'switch'>, arn: string): Promise<Said> => {
  const { switchKeeper: keeper, config } = engine;
  if (!keeper) {
    if (to === undefined) return { position: config.mode, by: null, at: null, reason: '' };
    throw unanswered(
      `There is no switch here that could be turned: mode in firebreak.config.ts counts, and is '${config.mode}'.`,
    );
  }
  const kept = await keptBy(keeper);
  const standing = standingOf(kept, config.mode);
  if (to === undefined || standsAt(standing, to)) return saidKept(kept, config.mode);
  const next = turned(config, standing, { to, arn, at: engine.now(), reason });
  await keeper.write(next);
  engine.report({ step: 'switch', text: `turned to '${to}' by ${next.by}${reason ? `: ${reason}` : ''}` });
  return saidTurned(next);
};
