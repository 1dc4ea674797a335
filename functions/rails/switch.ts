// The kill switch: on, observe or off for all of Firebreak, turned without a deployment and in force within seconds.
import type { Config, Mode } from './config.ts';
import type { Decision } from './decision.ts';

/** Asks for the switch's position: an SSM parameter in AWS, a file at the command line. Throws where it can't be read. */
export type ReadSwitch = () => Promise<Mode>;

/** Its position, or why it isn't known. */
export type SwitchState = Mode | { readonly unread: string };

const positions: readonly string[] = ['on', 'observe', 'off'] satisfies readonly Mode[];
/** No position is believed for longer. */
const cacheMilliseconds = 5000;

/**
 * Keeps the position for up to 5 s, counted from before it was asked for, so that turning the switch takes effect within that time.
 * A failed read is not kept.
 */
export const cachedSwitch = (read: ReadSwitch, now: () => Date): ReadSwitch => {
  let kept: { readonly at: number; readonly position: Promise<Mode> } | undefined;
  return async () => {
    const at = now().getTime();
    if (!kept || at - kept.at >= cacheMilliseconds || at < kept.at) kept = { at, position: read() };
    const asked = kept;
    try {
      return await asked.position;
    } catch (error) {
      if (kept === asked) kept = undefined;
      throw error;
    }
  };
};

/** Where nothing is deployed that could be turned, the configuration's position counts. Never throws. */
export const switchState = async (config: Config, read: ReadSwitch | undefined): Promise<SwitchState> => {
  if (!read) return config.mode;
  try {
    const position = await read();
    return positions.includes(position) ? position : { unread: `'${String(position)}' is no position of it` };
  } catch (error) {
    return { unread: error instanceof Error && error.message ? error.message : String(error) };
  }
};

/** Nothing where the switch is on. */
export const switchRail = (state: SwitchState): readonly Decision[] => {
  const rule = 'kill switch';
  if (state === 'on') return [];
  if (state === 'observe')
    return [
      {
        rule,
        do: 'plan',
        reason:
          "the kill switch is on 'observe', so this is planned and told, and nothing is written; firebreak switch on lets it act",
      },
    ];
  if (state === 'off')
    return [
      {
        rule,
        do: 'tell',
        reason: "the kill switch is 'off', so nothing is planned or written; firebreak switch on (or observe) turns it",
      },
    ];
  return [
    {
      rule,
      do: 'ask',
      reason: `the kill switch can't be read (${state.unread}), so a person decides; firebreak switch shows it`,
    },
  ];
};
