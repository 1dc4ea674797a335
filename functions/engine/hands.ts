// With whose hands a setting is written: those of whoever turns it, or those of `deny`, the one function that may put identity policies.
import { isAwsError } from '../../playbooks/language/aws.ts';
import type { Json } from '../../playbooks/language/json.ts';
import type { AnySetting } from '../../playbooks/language/setting.ts';
import type { Engine } from './engine.ts';
import type { Held } from './hold-record.ts';
import type { Incident, IncidentChange } from './incident.ts';
import { type Asked, answerOnce, noteRefused, noteRequest } from './requests.ts';

/** Names, and a value in the setting's own words: never a document. */
export type DenyRequest = {
  readonly incident: string;
  readonly playbook: string;
  readonly change: Pick<IncidentChange, 'as' | 'id'>;
  readonly to: Json;
};

/** What AWS, or whatever else was asked, said. `status` is AWS's, where it answered at all. */
export type Said = { readonly name: string; readonly message: string; readonly status: number | null };

/** `outdated`: the ledger says by now that something else stands. `failed`: `mayStand` where the write may have had its effect all the same. */
export type DenyAnswer = Asked &
  (
    | { readonly end: 'written' }
    | { readonly end: 'outdated'; readonly says: string }
    | { readonly end: 'failed'; readonly said: Said; readonly mayStand: boolean }
  );

/**
 * Asks the function.
 * @throws its refusal, under the name that it has there; anything else where it gave no answer: then nobody knows what it wrote.
 */
export type Deny = (request: DenyRequest) => Promise<DenyAnswer>;

/** By these names the function refuses, before it writes anything. */
const refusals = ['BadInput', 'NotAdmitted', 'Protected'];

export const refuses = (error: unknown): error is Error => isAwsError(error, ...refusals);

/** An error of which it is known that nothing was written. */
export const inVain = (error: Error): Error => Object.assign(error, { inVain: true });

/** Whether AWS may have done it all the same: no answer came, or one that says nothing about the effect. */
export const mayHaveTakenEffect = (error: unknown): boolean => {
  const { inVain: none = false, $metadata } = error as { inVain?: boolean; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  return !none && (status === undefined || status >= 500);
};

/** As AWS's client threw it there: so whoever looks whether AWS had room, or did it all the same, finds what he would have found. */
const thrownThere = ({ said: { name, message, status }, mayStand }: DenyAnswer & { readonly end: 'failed' }): Error => {
  const error = Object.assign(new Error(message), {
    name,
    $metadata: status === null ? {} : { httpStatusCode: status },
  });
  return mayStand ? error : inVain(error);
};

const ask = async (deny: Deny, request: DenyRequest): Promise<DenyAnswer> => {
  try {
    return await deny(request);
  } catch (error) {
    throw refuses(error) ? inVain(error) : error;
  }
};

/** Where `deny` writes the setting, and there is one: how it is asked to. Its requests count as those of whoever asks. */
export const handsFor = (
  { deny }: Pick<Engine, 'deny'>,
  setting: AnySetting,
  { id, playbook }: Pick<Incident, 'id' | 'playbook'>,
  { as, id: of }: Pick<IncidentChange, 'as' | 'id'>,
): Pick<Held, 'through'> => {
  if (setting.hands?.by !== 'deny' || !deny) return {};
  return {
    through: async (to) => {
      const request: DenyRequest = { incident: id, playbook, change: { as, id: of }, to };
      const answer = await answerOnce(null, () => ask(deny, request));
      for (const one of answer.requests) noteRequest(one);
      for (const command of answer.refused) noteRefused(command);
      if (answer.end === 'failed') throw thrownThere(answer);
      return answer.end === 'written' ? 'written' : { outdated: answer.says };
    },
  };
};
