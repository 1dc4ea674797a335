// Can the kill switch be read, and where does it stand? While it can't be read, everything asks a person.
import { type ReadSwitch, switchState } from '../rails/switch.ts';
import { type Tools, type Verdict, verdictsOf } from './verdict.ts';

const { well, unknown } = verdictsOf('switch');

/** Any position is somebody's choice; that it is not on has an alarm of its own. */
export const checkSwitch = async (
  { config }: Pick<Tools, 'config'>,
  read: ReadSwitch | undefined,
): Promise<readonly Verdict[]> => {
  const state = await switchState(config, read);
  const subject = 'kill switch';
  if (typeof state === 'string') return [well(subject, `It can be read, and is '${state}'.`)];
  return [
    unknown(
      subject,
      'Reading its position',
      new Error(state.unread),
      'Until it can be read a person is asked each time. Let the caller read it, or turn it anew: docs/operate.md says how.',
    ),
  ];
};
