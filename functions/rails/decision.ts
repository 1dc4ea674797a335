// A rail's decision: how far an answer may go, by which rule, and how the rule is changed. Of several the strictest counts.
import type { Disposition } from '../../playbooks/language/answer.ts';

export type Rule =
  | 'authentic'
  | 'answered for'
  | 'Security Hub product'
  | 'Config rule'
  | 'standing'
  | 'sample'
  | 'age'
  | 'own doing'
  | 'home Region'
  | 'kill switch'
  | 'playbook mode'
  | 'protected'
  | 'crown jewel'
  | 'share of a group'
  | 'harm seen'
  | 'budget'
  | 'evidence budget';

/** A type, not an interface: it is kept in the ledger. */
export type Decision = {
  readonly rule: Rule;
  readonly do: Disposition;
  /** For people: what the rule saw, and what to do where it is not wanted. */
  readonly reason: string;
};

/** From the one that goes furthest to the one that does least. */
const order: readonly Disposition[] = ['contain', 'ask', 'plan', 'tell', 'ignore'];

/** Above 0 where `a` does less than `b`. */
export const stricter = (a: Disposition, b: Disposition): number => order.indexOf(a) - order.indexOf(b);

/** The first of those that do least; undefined where no rail has anything to say. */
export const strictest = (decisions: readonly Decision[]): Decision | undefined =>
  decisions.reduce<Decision | undefined>(
    (found, next) => (found === undefined || stricter(next.do, found.do) > 0 ? next : found),
    undefined,
  );

/** How a person reads it: the rule first. */
export const saidDecision = ({ rule, reason }: Decision): string => `${rule}: ${reason}`;
