// An attacker who is still inside: undoes what contains him as soon as it is written, or some seconds after it.
import { ec2Slice } from '../account/ec2-state.ts';
import type { Call } from '../account/world.ts';
import type { Practice } from '../practice.ts';
import { iamMoves } from './iam-moves.ts';
import type { Move } from './move.ts';
import { networkMoves } from './network-moves.ts';
import { storageMoves } from './storage-moves.ts';

export const moves: readonly Move[] = [...iamMoves, ...networkMoves, ...storageMoves];

export interface Attack {
  readonly move: Move;
  /** Which of the writes that the move answers: 0 is the first. */
  readonly nth: number;
  readonly delaySeconds: number;
  /** Also each further one: whatever is written again is undone again. */
  readonly persists: boolean;
}

export interface Attacker {
  /** What he did, with what AWS said where it did not work. */
  readonly did: readonly string[];
  /** Everything that he set about is done; from here on he does nothing more. */
  leave(): Promise<void>;
}

const isOurs = ({ session }: Call): boolean => !/^(stage|attacker)/.test(session);

/** Whether the move answers this write of ours. */
export const answers = ({ answers: what, where = () => true }: Move, call: Call): boolean =>
  isOurs(call) && `${call.service} ${call.command}` === what && where(call.input as never);

/** Lets the attacker in. He knows the account as it is now. */
export const letIn = (practice: Practice, { move, nth, delaySeconds, persists }: Attack): Attacker => {
  const { world, stage } = practice;
  const aws = practice.engine('attacker').aws(stage, 'attacker', 'write');
  const formerly = ec2Slice({ ...stage, state: world.snapshot(), now: world.clock.now() });
  const did: string[] = [];
  const underWay: Promise<void>[] = [];
  let seen = 0;
  const strike = async (call: Call, times: number): Promise<void> => {
    await world.clock.sleep(delaySeconds * 1000);
    try {
      await move.make({ aws, input: call.input as never, formerly, times });
      did.push(move.title);
    } catch (error) {
      did.push(`${move.title}: ${String(error)}`);
    }
  };
  world.overhear((call) => {
    if (!answers(move, call)) return;
    if (persists ? seen >= nth : seen === nth) underWay.push(strike(call, underWay.length + 1));
    seen += 1;
  });
  return {
    did,
    leave: async () => {
      world.overhear(undefined);
      await Promise.all(underWay);
    },
  };
};
