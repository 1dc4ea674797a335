// Playbooks as functions know them that have no hands for them: what they answer and declare, without the code that looks and writes.
import type { Playbook } from '../../playbooks/language/playbook.ts';
import type { ResourceKind } from '../../playbooks/language/resource.ts';
import type { AnySetting } from '../../playbooks/language/setting.ts';

/** All of a playbook that is data; it goes into the bundle as JSON, so that no function carries clients that it never uses. */
export type PlaybookData = Pick<
  Playbook,
  'title' | 'containment' | 'answers' | 'approval' | 'options' | 'permissions'
> & {
  readonly resource: Pick<ResourceKind, 'type'>;
  readonly settings: Readonly<Record<string, object>>;
  readonly evidence: Readonly<Record<string, object>>;
  readonly acts: Readonly<Record<string, object>>;
};

/** What JSON leaves of it. */
export const dataOf = (playbook: Playbook): PlaybookData => JSON.parse(JSON.stringify(playbook)) as PlaybookData;

const noHands = (name: string) => (): never => {
  throw new Error(`${name} is looked at and written by its own function alone, and this is another one.`);
};

const withoutHands = (
  name: string,
  data: PlaybookData,
  resource: ResourceKind,
  whole: readonly AnySetting[],
): Playbook => {
  const fail = noHands(name);
  const each = (parts: Readonly<Record<string, object>>, hands: object) =>
    Object.fromEntries(Object.entries(parts).map(([as, part]) => [as, { ...part, ...hands }]));
  return {
    ...data,
    resource,
    settings: Object.fromEntries(
      Object.entries(each(data.settings, { read: fail, write: fail, say: fail }) as Playbook['settings']).map(
        ([as, setting]) => [as, whole.find((one) => one.name === setting.name) ?? setting],
      ),
    ),
    evidence: each(data.evidence, { request: fail }) as Playbook['evidence'],
    acts: each(data.acts, { done: fail, run: fail }) as Playbook['acts'],
    observe: fail,
    propose: fail,
  };
};

/**
 * The playbooks of this data. `kinds` are all kinds of resources that there are; `whole` are settings that this function does turn.
 * @throws where one is missing: the bundle was made of parts that do not belong together.
 */
export const playbooksOf = (
  data: Readonly<Record<string, PlaybookData>>,
  kinds: readonly ResourceKind[],
  whole: readonly AnySetting[] = [],
): ReadonlyMap<string, Playbook> =>
  new Map(
    Object.entries(data).map(([name, one]) => {
      const kind = kinds.find(({ type }) => type === one.resource.type);
      if (!kind) throw new Error(`${name} works on ${one.resource.type}, and no kind of resource is called so.`);
      return [name, withoutHands(name, one, kind, whole)];
    }),
  );
