// firebreak explain: what would be done with an event, and why; what would not, and why not. Asks no AWS, and writes nothing.
import { arriving, type Judged, judgeFinding } from '../../functions/engine/judge.ts';
import type { Ledger } from '../../functions/engine/ledger.ts';
import { permissionsByHand } from '../../functions/engine/permissions.ts';
import { type Routed, route } from '../../functions/engine/route.ts';
import type { Reading } from '../../functions/sources/read-event.ts';
import type { Finding } from '../../playbooks/language/finding.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import type { Statement } from '../../playbooks/language/statement.ts';
import { command, json } from '../command.ts';
import { switchOf } from '../engine.ts';
import { readEventFile } from '../event.ts';
import { jsonText, paragraph, plain, type Screen, type Style } from '../screen.ts';
import type { World } from '../world.ts';

interface Explained {
  readonly id: string;
  readonly type: string;
  readonly title: string;
  readonly severity: Finding['severity'];
  readonly account: string;
  readonly region: string;
  readonly sample: boolean;
  readonly standing: Finding['standing'];
  readonly channel: Finding['channel'];
  readonly count: number;
  readonly answers: readonly {
    /** Null where no playbook answers. */
    readonly playbook: string | null;
    /** An ARN, or the plain id where AWS has none; null where no playbook answers. */
    readonly resource: string | null;
    readonly do: Routed['do'];
    readonly reason: string;
    readonly approval: Playbook['approval'] | null;
  }[];
  readonly others: readonly { readonly playbook: string; readonly reason: string }[];
}

type Playbooks = ReadonlyMap<string, Playbook>;

/** Opened only where a finding claims to be of our own doing. */
const onlyWhenRead = (world: World): Ledger => ({
  read: async (...of) => (await world.ledger('read')).read(...of),
  list: async (...of) => (await world.ledger('read')).list(...of),
  write: async (...of) => (await world.ledger('read')).write(...of),
});

/** How far the rails let each finding's answers go, as it would be where these credentials are needed: in the finding's own account. */
const judgedBy = async (world: World, { event, findings }: Reading): Promise<readonly (readonly Judged[])[]> => {
  const rails = { config: await world.config(), readSwitch: switchOf(world) };
  const tools = { ledger: onlyWhenRead(world), playbooks: await world.playbooks(), now: () => world.now() };
  return Promise.all(
    findings.map(async (finding) => {
      const arrived = await arriving(rails, event, { account: finding.account, region: event.region });
      return judgeFinding(tools, arrived, finding, async ({ target }) => target);
    }),
  );
};

const explained = (finding: Finding, answers: readonly Judged[], playbooks: Playbooks): Explained => {
  const { others } = route(finding, playbooks);
  const { id, type, title, severity, account, region, sample, standing, channel, count } = finding;
  return {
    id,
    type,
    title,
    severity,
    account,
    region,
    sample,
    standing,
    channel,
    count,
    answers: answers.map(({ playbook: name, target, do: how, reason }) => {
      const playbook = name ? playbooks.get(name) : undefined;
      // A request by hand may leave open in which account and Region; then there is no ARN to be told.
      const placed = target?.account && target.region && target.partition ? target : undefined;
      const resource = (placed && playbook?.resource.arn(placed.id, placed)) ?? target?.id ?? null;
      return { playbook: name, resource, do: how, reason, approval: playbook?.approval ?? null };
    }),
    others,
  };
};

const styles: Readonly<Record<Routed['do'], Style>> = {
  contain: 'red',
  ask: 'yellow',
  plan: 'cyan',
  tell: 'magenta',
  ignore: 'dim',
};

const showFinding = (screen: Screen, finding: Explained): void => {
  const { severity, type, count, sample, standing } = finding;
  const remarks = [
    severity,
    ...(count > 1 ? [`seen ${count} times`] : []),
    ...(sample ? ['a sample'] : []),
    ...(standing === 'active' ? [] : [standing]),
  ];
  screen.line(`\n${screen.paint('bold', plain(type))}  ${plain(remarks.join(', '))}`);
  paragraph(screen, '  ', finding.title);
  paragraph(screen, '  ', `${[finding.account, finding.region].filter(Boolean).join(' ')}  ${finding.id}`.trim());
  for (const { playbook, resource, do: how, reason } of finding.answers) {
    const what = playbook ? `${playbook}${resource ? ` on ${resource}` : ''}: ${reason}` : reason;
    paragraph(screen, '  ', what, `${screen.paint(styles[how], how.padEnd(7))}  `);
  }
  for (const { playbook, reason } of finding.others) paragraph(screen, '  ', `${playbook} ${reason}`, 'not      ');
};

const showPermissions = (screen: Screen, permissions: Readonly<Record<string, readonly Statement[]>>): void => {
  for (const [name, statements] of Object.entries(permissions)) {
    screen.line(`\n${screen.paint('bold', `Permissions that ${name} uses`)}`);
    for (const { actions, resources } of statements)
      paragraph(screen, '  ', `${actions.join(', ')} on ${resources.join(', ')}`, '• ');
  }
};

export const explain = command({
  usage: 'explain EVENT.json',
  summary: 'without AWS: what would be done with an event, what not, and why',
  about: [
    "EVENT.json holds one event as EventBridge sends it, or a request { playbook, resource, reason }. '-' reads stdin.",
    'What the rails of firebreak.config.ts and the kill switch make of the event is said as it would be in the account that the finding speaks of. What they make of the resource itself takes a look at it: respond --dry-run.',
  ],
  options: { json },
  examples: ['firebreak explain finding.json', 'firebreak explain - --json < finding.json'],
  run: async (world, { values, words: [file = ''] }) => {
    const playbooks = await world.playbooks();
    await world.config();
    const reading = await readEventFile(world, file);
    const { source, findings: found, gaps } = reading;
    const judged = await judgedBy(world, reading);
    const findings = found.map((finding, index) => explained(finding, judged[index] ?? [], playbooks));
    const answering = new Set(findings.flatMap(({ answers }) => answers.flatMap(({ playbook }) => playbook ?? [])));
    const permissions = Object.fromEntries(
      [...playbooks].filter(([name]) => answering.has(name)).map(([name, one]) => [name, permissionsByHand(one)]),
    );
    if (values.json) {
      world.out.line(jsonText({ source, findings, gaps, permissions }));
      return 0;
    }
    const several = findings.length === 1 ? 'one finding' : `${findings.length} findings`;
    world.out.line(`${plain(source)}, ${several}`);
    for (const finding of findings) showFinding(world.out, finding);
    for (const gap of gaps) paragraph(world.out, '', gap, '\nunread   ');
    showPermissions(world.out, permissions);
    return 0;
  },
});
