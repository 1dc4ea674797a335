// What is generated about playbooks, as Markdown.
import { denyPermissionsOf, permissionsOf } from '../functions/engine/permissions.ts';
import type { Answer } from '../playbooks/language/answer.ts';
import type { Playbook } from '../playbooks/language/playbook.ts';
import type { Statement } from '../playbooks/language/statement.ts';

const begin = '<!-- generated -->';
const end = '<!-- /generated -->';

/** Replaces what stands between the marks. @throws when the page lacks them. */
export const between = (path: string, page: string, text: string): string => {
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from)
    throw new Error(`${path} lacks the lines ${begin} and ${end}, between which the docs are written.`);
  return `${page.slice(0, from + begin.length)}\n${text}\n${page.slice(to)}`;
};

const escaped = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
const row = (cells: readonly string[]): string => `| ${cells.map(escaped).join(' | ')} |`;
const detectors = {
  guardduty: 'GuardDuty',
  securityhub: 'Security Hub',
  config: 'Config',
  health: 'Health',
  manual: 'by hand',
};

const kinds = {
  source: 'source',
  'technique-and-access': 'technique and access',
  destination: 'destination',
  evidence: 'evidence only',
};

const answersOf = (answers: readonly Answer[], how: 'contain' | 'ask'): string => {
  const count = answers.filter((answer) => answer.do === how).length;
  const from = [...new Set(answers.filter((answer) => answer.do === how).map(({ detector }) => detectors[detector]))];
  return count === 0 ? '–' : `${count} (${from.join(', ')})`;
};

/** The README's table: one row a playbook. */
export const playbookTable = (playbooks: ReadonlyMap<string, Playbook>): string =>
  [
    row(['playbook', 'does', 'containment', 'acts by itself on', 'asks first on']),
    '|---|---|---|---|---|',
    ...[...playbooks].map(([name, { title, containment, answers }]) =>
      row([
        `[${name}](playbooks/${name}/README.md)`,
        title,
        kinds[containment],
        answersOf(answers, 'contain'),
        answersOf(answers, 'ask'),
      ]),
    ),
  ].join('\n');

const code = (text: string): string => `\`${text}\``;

const answerLine = ({ detector, type, do: how, role }: Answer): string =>
  `| ${detectors[detector]} | ${code(type)}${role ? ` as ${role}` : ''} | ${how === 'ask' ? 'asks' : 'contains'} |`;

const actionsIn = (statements: readonly Statement[]): readonly string[] =>
  [...new Set(statements.flatMap(({ actions }) => actions))].toSorted();

/** The head of a playbook's README: what it answers, turns, keeps and may do. */
export const playbookHead = (name: string, playbook: Playbook): string => {
  const { title, resource, approval, settings, evidence, options } = playbook;
  const permissions = actionsIn(permissionsOf(playbook));
  const byDeny = actionsIn(denyPermissionsOf([playbook]));
  return [
    `**${title}.** Works on \`${resource.type}\` (\`${resource.example}\`); approval ${approval}.`,
    '',
    `- By hand: \`firebreak contain ${name} ${resource.example}\``,
    `- Settings: ${
      Object.values(settings)
        .map((one) => code(one.name))
        .join(', ') || 'none'
    }`,
    `- Evidence: ${
      Object.values(evidence)
        .map((one) => code(one.name))
        .join(', ') || 'none'
    }`,
    `- Options: ${
      Object.entries(options)
        .map(([option, choices]) => `${code(option)} (${choices.join(', ')}; the first is the default)`)
        .join('; ') || 'none'
    }`,
    '',
    '| detector | finding | does |',
    '|---|---|---|',
    ...playbook.answers.map(answerLine),
    '',
    `<details><summary>Permissions (${permissions.length} actions)</summary>`,
    '',
    permissions.map(code).join(', '),
    '',
    ...(byDeny.length === 0
      ? []
      : [
          `In a deployment the function \`deny\` puts the inline policies, with a role of its own: ${byDeny.map(code).join(', ')}.`,
          '',
        ]),
    '</details>',
  ].join('\n');
};
