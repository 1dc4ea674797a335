// Turning the kill switch: who turned it last, and who may turn it now. Pure; where it is kept, an adapter knows.
import * as v from 'valibot';
import type { Config, Mode } from './config.ts';
import { againstTurningUp, approverOf, expectNone, nobody, notAlone, recordedAs } from './four-eyes.ts';

/** From the lowest to the highest. */
const positions = ['off', 'observe', 'on'] as const satisfies readonly Mode[];

export const isPosition = (text: string): text is Mode => (positions as readonly string[]).includes(text);

const line = v.string('is no text');
const schema = v.object(
  {
    position: v.picklist(positions, "is not 'on', 'observe' or 'off'"),
    /** The user or role that turned it, and the ARN under which it did. */
    by: line,
    arn: line,
    at: v.pipe(line, v.isoTimestamp('is no time')),
    reason: line,
    /** Who turned it down since it was on. */
    down: v.array(line, 'is no list'),
  },
  ({ input }) => (input === undefined ? 'is missing' : 'is no set of fields'),
);

/** How the switch was turned last. */
export type Turned = v.InferOutput<typeof schema>;

/** Where a switch is kept that can be turned: undefined as long as nobody has. `read` throws where that can't be told. */
export interface SwitchKeeper {
  read(): Promise<Turned | undefined>;
  write(turned: Turned): Promise<void>;
}

/** @throws in words, where what was kept is no position of the switch. */
export const readTurned = (kept: unknown): Turned => {
  const parsed = v.safeParse(schema, kept);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new Error(`${v.getDotPath(issue) ?? 'what it holds'} ${issue.message}`);
};

export interface Turn {
  readonly to: Mode;
  /** The caller's ARN, as AWS gave it. */
  readonly arn: string;
  readonly at: Date;
  readonly reason: string;
}

/** How it stands before, with who turned it down; or why that can't be told. */
export type Standing = { readonly position: Mode; readonly down: readonly string[] } | { readonly unread: string };

/** What its keeper answered: undefined as long as nobody has turned it. */
export type Kept = { readonly turned: Turned | undefined } | { readonly unread: string };

/** Never throws: that it can't be read is something to know. */
export const keptBy = async (keeper: SwitchKeeper): Promise<Kept> => {
  try {
    return { turned: await keeper.read() };
  } catch (error) {
    return { unread: (error as Error).message };
  }
};

/** `untilTurned` is its position as long as nobody has turned it. */
export const standingOf = (kept: Kept, untilTurned: Mode): Standing =>
  'unread' in kept ? kept : (kept.turned ?? { position: untilTurned, down: [] });

/** Whether there is nothing to turn. */
export const standsAt = (standing: Standing, to: Mode): boolean => !('unread' in standing) && standing.position === to;

/** Whether it goes further afterwards. From a position that nobody can read, anything but off does. */
export const turnsUp = (standing: Standing, to: Mode): boolean =>
  'unread' in standing ? to !== 'off' : positions.indexOf(to) > positions.indexOf(standing.position);

/**
 * The switch as it is once it has been turned. Down, anybody may turn it whom AWS knows.
 * @throws in a sentence, where somebody else has to turn it up.
 */
export const turned = (config: Config, standing: Standing, { to, arn, at, reason }: Turn): Turned => {
  const { switchMustDiffer } = config;
  if (switchMustDiffer && approverOf(arn) === undefined) throw notAlone(nobody(arn));
  const isUp = turnsUp(standing, to);
  if ('unread' in standing && switchMustDiffer && isUp)
    throw notAlone(
      `The kill switch can't be read (${standing.unread}), so who turned it down can't be told: it can only be turned off (switchMustDiffer in firebreak.config.ts).`,
    );
  const down = 'unread' in standing ? [] : standing.down;
  if (isUp) expectNone(againstTurningUp(config, down, arn));
  const by = recordedAs(arn);
  const lowered = isUp ? [...down] : [...down.filter((one) => one !== by), by];
  return { position: to, by, arn, at: at.toISOString(), reason, down: to === 'on' ? [] : lowered };
};
