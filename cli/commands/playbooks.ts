// firebreak playbooks: what there is, from what each playbook declares.
import { denyPermissionsOf, permissionsOf } from '../../functions/engine/permissions.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import { command, json } from '../command.ts';
import { jsonText, paragraph, type Screen } from '../screen.ts';
import { playbookFor } from '../target.ts';

const described = (name: string, playbook: Playbook) => {
  const { title, containment, approval, resource, answers, settings, evidence, acts, options } = playbook;
  return {
    playbook: name,
    title,
    containment,
    approval,
    resource: { type: resource.type, scope: resource.scope, example: resource.example },
    answers,
    settings: Object.values(settings).map((one) => one.name),
    evidence: Object.values(evidence).map((one) => one.name),
    acts: Object.values(acts).map((one) => ({ act: one.name, irreversible: one.irreversible })),
    options,
    permissions: permissionsOf(playbook),
    permissionsOfDeny: denyPermissionsOf([playbook]),
  };
};

type Described = ReturnType<typeof described>;

const show = (screen: Screen, playbook: Described): void => {
  const said = (label: string, text: string) => text && paragraph(screen, '  ', text, `${label.padEnd(11)} `);
  screen.line(`\n${screen.paint('bold', playbook.playbook)}  ${playbook.title}`);
  said('resource', `${playbook.resource.type}, such as ${playbook.resource.example}`);
  said('approval', playbook.approval);
  const asks = (how: string) => (how === 'ask' ? ', asks first' : '');
  said(
    'answers',
    playbook.answers
      .map(({ detector, type, role, do: how }) => `${detector} ${type}${role ? ` as ${role}` : ''}${asks(how)}`)
      .join('; '),
  );
  said('settings', playbook.settings.join(', '));
  said('evidence', playbook.evidence.join(', '));
  said('acts', playbook.acts.map(({ act, irreversible }) => `${act} (${irreversible})`).join('; '));
  for (const [name, choices] of Object.entries(playbook.options)) said('option', `${name}=${choices.join(' | ')}`);
  for (const { actions, resources } of playbook.permissions)
    said('permission', `${actions.join(', ')} on ${resources.join(', ')}`);
  for (const { actions, resources } of playbook.permissionsOfDeny)
    said(
      'permission',
      `${actions.join(', ')} on ${resources.join(', ')}; in a deployment it is the function deny that has it`,
    );
};

export const playbooks = command({
  usage: 'playbooks [PLAYBOOK…]',
  summary: 'every playbook: what it answers, its approval, settings, evidence, options and permissions',
  options: { json },
  examples: ['firebreak playbooks', 'firebreak playbooks isolate-instance', 'firebreak playbooks --json'],
  run: async (world, { values, words }) => {
    const all = await world.playbooks();
    const names = words.length > 0 ? words : [...all.keys()];
    const list = names.map((name) => described(name, playbookFor(all, name)));
    if (values.json) world.out.line(jsonText(list));
    else for (const one of list) show(world.out, one);
    return 0;
  },
});
