// What a playbook may do on AWS, derived from what it declares: the role's policy, the docs and the least-privilege test read this.
import { canonical } from '../../playbooks/language/json.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import type { Place } from '../../playbooks/language/resource.ts';
import type { AnySetting } from '../../playbooks/language/setting.ts';
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

const isDenys = ({ hands }: AnySetting): boolean => hands?.by === 'deny';

/** Whether `deny` writes anything for this playbook: then its function has to be let ask it. */
export const asksDeny = ({ settings }: Playbook): boolean => Object.values(settings).some(isDenys);

/** Everything that the playbook's own role needs, reads before writes. What other hands write is not among it. */
export const permissionsOf = (playbook: Playbook): readonly Statement[] => {
  const settings = Object.values(playbook.settings);
  return merged([
    ...playbook.permissions,
    ...settings.flatMap(({ permissions }) => permissions.read),
    ...settings.filter((one) => !isDenys(one)).flatMap(({ permissions }) => permissions.write),
    ...Object.values(playbook.evidence).flatMap(({ permissions }) => permissions),
    ...Object.values(playbook.acts).flatMap(({ permissions }) => permissions),
  ]);
};

/** Everything that the role of `deny` needs to write for these playbooks, and nothing else: reads before writes. */
export const denyPermissionsOf = (playbooks: Iterable<Playbook>): readonly Statement[] => {
  const settings = [...playbooks].flatMap((playbook) => Object.values(playbook.settings).filter(isDenys));
  return merged([
    ...settings.flatMap(({ hands }) => hands?.permissions ?? []),
    ...settings.flatMap(({ permissions }) => permissions.write),
  ]);
};

/** For whoever has hands for everything, as a person at the command line has. */
export const permissionsByHand = (playbook: Playbook): readonly Statement[] =>
  merged([...permissionsOf(playbook), ...denyPermissionsOf([playbook])]);

export type PolicyDocument = {
  readonly Version: '2012-10-17';
  readonly Statement: readonly {
    readonly Effect: 'Allow';
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
    readonly Condition?: Statement['conditions'];
  }[];
};

const documentOf = (statements: readonly Statement[], { partition, account, region }: Place): PolicyDocument => {
  const filled = (text: string) =>
    text.replaceAll('${Partition}', partition).replaceAll('${Account}', account).replaceAll('${Region}', region);
  return {
    Version: '2012-10-17',
    Statement: statements.map(({ actions, resources, conditions }) => ({
      Effect: 'Allow',
      Action: actions,
      Resource: resources.map(filled),
      ...(conditions && { Condition: JSON.parse(filled(JSON.stringify(conditions))) as Statement['conditions'] }),
    })),
  };
};

/** The IAM policy of the playbook's role in one place. */
export const policyOf = (playbook: Playbook, place: Place): PolicyDocument =>
  documentOf(permissionsOf(playbook), place);

/** The IAM policy of `deny`'s role in one place, whichever of these playbooks it writes for. */
export const denyPolicyOf = (playbooks: Iterable<Playbook>, place: Place): PolicyDocument =>
  documentOf(denyPermissionsOf(playbooks), place);

/** Whether a playbook changes what can be put back. */
export const takesHolds = ({ settings }: Pick<Playbook, 'settings'>): boolean => Object.keys(settings).length > 0;
