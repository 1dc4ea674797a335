// The plan as a person is shown it before anything is written.
import { saidDecision } from '../functions/rails/decision.ts';
import type { Playbook } from '../playbooks/language/playbook.ts';
import { placeOf, railsOf, type Told } from './result.ts';
import { bullets, paragraph, plain, type Screen, table } from './screen.ts';

const stays = { restore: '', keep: 'stays after a release', ask: 'stays after a release unless forced' } as const;

export const showPlan = (
  screen: Screen,
  playbook: Playbook,
  told: Omit<Told, 'outcome' | 'reason' | 'drift'>,
): void => {
  const { resource, account, region } = placeOf(playbook, told.target);
  const options = Object.entries(told.options).map(([name, value]) => `${name}=${value}`);
  screen.line(`\n${screen.paint('bold', playbook.title)}`);
  paragraph(screen, '  ', `${resource}  (${account} ${region})`);
  paragraph(screen, '  ', `Incident ${told.id}${options.length > 0 ? `, ${options.join(', ')}` : ''}`);
  if (told.changes.length > 0) {
    screen.line(`\n  ${screen.paint('bold', 'What would be written')}`);
    table(
      screen,
      '  ',
      ['setting', 'id', 'from', 'to', 'effect', ''],
      told.changes.map(({ setting, id, fromSaid, toSaid, effect, release, dated, note }) => [
        setting,
        id,
        fromSaid,
        fromSaid === toSaid ? `${toSaid} (already)` : toSaid,
        effect,
        [stays[release], dated ? 'the time is that of the writing' : '', note].filter(Boolean).join('; '),
      ]),
      (column, text) => (column === 4 && plain(text) === 'containing' ? 'bold' : undefined),
    );
  }
  bullets(
    screen,
    "What can't be undone",
    told.acts.map(({ act, id, irreversible }) => `${act} ${id}: ${irreversible}`),
  );
  bullets(
    screen,
    'Evidence that would be taken',
    told.evidence.map(({ kind, subject, note }) => `${kind} of ${subject}${note ? ` (${note})` : ''}`),
  );
  bullets(screen, 'Can go on all the same', told.plan?.ongoing ?? []);
  bullets(screen, 'What this does not close', told.plan?.residual ?? []);
  // Last, so that it stands right above the question.
  bullets(screen, 'What the rails say', railsOf(told).map(saidDecision));
};
