// The question to a person: until when it may be answered, when people are paged once more, and what it means if nobody answers. Pure.
import { type Config, chosenFor } from '../rails/config.ts';
import type { Decision } from '../rails/decision.ts';
import type { Incident } from './incident.ts';

export type Question = {
  readonly askedAt: string;
  readonly answerBy: string;
  /** When people are paged once more; null where they are not. */
  readonly pageAgainAt: string | null;
  /** What comes of it if nobody answers. */
  readonly otherwise: Config['playbooks'][string]['onNoAnswer'];
  /** How often the workflow came back with no answer before the time was up. */
  readonly returns: number;
  /** The workflow's, for whoever brings it the answer. It is never told, shown, noted or logged. */
  readonly token: string;
};

/** Who approved, where the configuration did. No caller is named so by AWS. */
export const bySilence = 'configuration (onNoAnswer), as nobody answered in time';

export const isBySilence = ({ approval }: Pick<Incident, 'approval'>): boolean => approval?.by === bySilence;

/**
 * The rails that want a person's word, as far as silence is none: whoever lets a playbook ask may let it go on without an answer; a budget,
 * a crown jewel or a switch that can't be read is no playbook's to overrule.
 */
export const insisting = (decisions: readonly Decision[]): readonly Decision[] =>
  decisions.filter(({ rule, do: how }) => !(rule === 'playbook mode' && how === 'ask'));

const severe: readonly unknown[] = ['HIGH', 'CRITICAL'];

/** The question as it is put now. What a playbook that always asks does without an answer is nothing. */
export const questionFor = (
  { playbook, finding, admission, rails }: Incident,
  config: Config,
  alwaysAsks: boolean,
  now: Date,
): Question => {
  const { onNoAnswer, answerMinutes, pageAgainAfterMinutes = answerMinutes / 2 } = chosenFor(config, playbook);
  const insists = insisting([...(admission?.rails ?? []), ...rails]).some(({ do: how }) => how === 'ask');
  const after = (minutes: number) => new Date(now.getTime() + minutes * 60_000).toISOString();
  return {
    askedAt: now.toISOString(),
    answerBy: after(answerMinutes),
    pageAgainAt: severe.includes(finding?.severity) ? after(pageAgainAfterMinutes) : null,
    otherwise: insists || alwaysAsks ? 'deny' : onNoAnswer,
    returns: 0,
    token: '',
  };
};

export const isUp = ({ answerBy }: Question, now: Date): boolean => now.getTime() >= Date.parse(answerBy);

const isToPage = ({ pageAgainAt }: Question, now: Date): boolean =>
  pageAgainAt !== null && now.getTime() >= Date.parse(pageAgainAt);

/** Until the next page, or the end. At least one: the workflow takes nothing less. */
export const secondsLeft = (question: Question, now: Date): number => {
  const next = isToPage(question, now) ? question.answerBy : (question.pageAgainAt ?? question.answerBy);
  return Math.max(1, Math.ceil((Date.parse(next) - now.getTime()) / 1000));
};

const spoken = (milliseconds: number): string => {
  const minutes = Math.round(milliseconds / 60_000);
  const [count, unit] = minutes > 0 && minutes % 60 === 0 ? [minutes / 60, 'hour'] : [minutes, 'minute'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
};

/** How long there was to answer: '4 hours'. */
export const timeGiven = ({ askedAt, answerBy }: Question): string =>
  spoken(Date.parse(answerBy) - Date.parse(askedAt));

/** What whoever is asked has to know of the time. */
export const saidQuestion = (question: Question, now: Date): string => {
  const { askedAt, answerBy, otherwise } = question;
  const end = otherwise === 'contain' ? 'it is contained by this plan' : 'nothing is changed';
  const unanswered = isToPage(question, now)
    ? `Nobody has answered for ${spoken(now.getTime() - Date.parse(askedAt))}. `
    : '';
  return `${unanswered}Unless somebody answers by ${answerBy}, ${end}.`;
};
