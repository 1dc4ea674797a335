// A move of the attacker: which write of ours it answers, and how it undoes it.
import type { Aws } from '../../playbooks/language/aws.ts';
import type { Ec2 } from '../account/ec2-records.ts';

export type Input = Readonly<Record<string, unknown>>;

/** What he has to work with: credentials that still work, the write that hit him, and the network as it was when he came in. */
export interface Hands {
  readonly aws: Aws;
  readonly input: Input;
  readonly formerly: Ec2;
  /** How often he has struck by now. */
  readonly times: number;
}

export interface Move {
  readonly title: string;
  /** Service and command: 'IAM UpdateAccessKey'. */
  readonly answers: string;
  /** Which of them contain. */
  readonly where?: (input: Input) => boolean;
  readonly make: (hands: Hands) => Promise<unknown>;
}

export const text = (input: Input, name: string): string => {
  const value = input[name];
  return typeof value === 'string' ? value : '';
};
