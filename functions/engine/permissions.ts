// What a playbook may do on AWS, derived from what it declares: the role's policy, the docs and the least-privilege test read this.
import { canonical } from '../../playbooks/language/json.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import type { Place } from '../../playbooks/language/resource.ts';
import type { Statement } from '../../playbooks/language/statement.ts';

const scopeOf = ({ resources, conditions }: Statement): string => canonical([resources.toSorted(), conditions ?? {}]);

/** Statements of equal scope joined, actions sorted and once each. */
const merged = (statements: readonly Statement[]): readonly Statement[] =>
  Object.values(Object.groupBy(statements, scopeOf)).flatMap((group) => {
    const [first] = group ?? [];
    if (!first) return [];
    const actions = [...new Set((group ?? []).flatMap((statement) => statement.actions))].toSorted();
    return [{ ...first, actions }];
  });

/** Everything that the playbook declares, reads before writes. */
export const permissionsOf = (playbook: Playbook): readonly Statement[] => {
  const settings = Object.values(playbook.settings);
  return merged([
    ...playbook.permissions,
    ...settings.flatMap(({ permissions }) => permissions.read),
    ...settings.flatMap(({ permissions }) => permissions.write),
    ...Object.values(playbook.evidence).flatMap(({ permissions }) => permissions),
    ...Object.values(playbook.acts).flatMap(({ permissions }) => permissions),
  ]);
};

export type PolicyDocument = {
  readonly Version: '2012-10-17';
  readonly Statement: readonly {
    readonly Effect: 'Allow';
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
    readonly Condition?: Statement['conditions'];
  }[];
};

/** The IAM policy of the playbook's role in one place. */
export const policyOf = (playbook: Playbook, { partition, account, region }: Place): PolicyDocument => {
  const filled = (text: string) =>
    text.replaceAll('${Partition}', partition).replaceAll('${Account}', account).replaceAll('${Region}', region);
  return {
    Version: '2012-10-17',
    Statement: permissionsOf(playbook).map(({ actions, resources, conditions }) => ({
      Effect: 'Allow',
      Action: actions,
      Resource: resources.map(filled),
      ...(conditions && { Condition: JSON.parse(filled(JSON.stringify(conditions))) as Statement['conditions'] }),
    })),
  };
};
