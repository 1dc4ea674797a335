// An act: what can't be undone. It says why, and only a playbook that always asks a person may declare one.
import type { Aws } from './aws.ts';
import type { Json } from './json.ts';
import type { Statement } from './statement.ts';

export interface Act<Detail extends Json> {
  readonly name: `${string}/${string}`;
  /** Why there is no way back. Shown in the plan, before a person approves. */
  readonly irreversible: string;
  readonly permissions: readonly Statement[];
  /** Whether it has been done already: asked before every try, so that it runs once. */
  done(aws: Aws, id: string, detail: Detail): Promise<boolean>;
  run(aws: Aws, id: string, detail: Detail): Promise<void>;
}

/** Declares what can't be undone. `irreversible` is a sentence for the person who is asked. */
export const act = <Detail extends Json>(definition: Act<Detail>): Act<Detail> => definition;

export type AnyAct = Act<Json>;
