// Lambda: says that the way from the bus to a function is alive, that the ledger can be read, and whether the switch is on. It has no hands.
import * as v from 'valibot';
import { measure } from './engine/measure.ts';
import { handler } from './handler.ts';
import { switchState } from './rails/switch.ts';

export type Beat = { readonly switch: 'on' | 'observe' | 'off' | 'unread' };

/**
 * The event says nothing that it would need, so nothing in it is looked at.
 * @throws where the ledger can't be read: then nothing beats, and the alarm on its absence tells.
 */
export const heartbeatHandler = handler(v.unknown(), async (engine): Promise<Beat> => {
  const [state] = await Promise.all([
    switchState(engine.config, engine.readSwitch),
    engine.ledger.read('incidents', 'heartbeat'),
  ]);
  // One that can't be read lets nothing be done without a person, which is as good as not on.
  measure(engine, { values: { Heartbeat: 1, SwitchNotOn: state === 'on' ? 0 : 1 }, by: {} });
  return { switch: typeof state === 'string' ? state : 'unread' };
});
