// firebreak show: one incident with its plan, changes, evidence and journal, and whether the journal is whole.
import { type Incident, readIncident } from '../../functions/engine/incident.ts';
import { brokenLink, type JournalBlock, readJournal } from '../../functions/engine/journal.ts';
import type { Ledger } from '../../functions/engine/ledger.ts';
import { manifestOf } from '../../functions/engine/preserve.ts';
import { saidDecision } from '../../functions/rails/decision.ts';
import { command, json } from '../command.ts';
import { resultOf, showResult } from '../result.ts';
import { bullets, jsonText, paragraph, type Screen, table } from '../screen.ts';
import { didYouMean, trouble } from '../trouble.ts';

/** @throws in words, when the ledger has no such incident. */
export const incidentNamed = async (ledger: Ledger, id: string): Promise<Incident> => {
  const found = await readIncident({ ledger }, id);
  if (found) return found;
  const ids = (await ledger.list('incidents', '')).map(({ key }) => key);
  throw trouble(
    `There is no incident '${id}' on record.`,
    `${didYouMean(id, ids)}'firebreak incidents' lists those that there are; FIREBREAK_LEDGER says in which ledger.`,
  );
};

const showJournal = (screen: Screen, blocks: readonly JournalBlock[]): void => {
  const entries = blocks.flatMap((block) => block.entries);
  const actors = [...new Set(entries.map(({ by }) => by))];
  const several = actors.length > 1;
  screen.line(`\n  ${screen.paint('bold', 'Journal')}`);
  table(
    screen,
    '  ',
    ['at', 'step', 'on', 'result', ...(several ? ['by'] : [])],
    entries.map(({ at, step, subject, result, by }) => [
      at.slice(0, 19).replace('T', ' '),
      step,
      subject,
      result,
      ...(several ? [by] : []),
    ]),
  );
  if (!several) paragraph(screen, '  ', `All by ${actors[0] ?? 'nobody'}.`);
};

export const show = command({
  usage: 'show INCIDENT',
  summary: 'one incident with its plan, changes, evidence and journal',
  options: { json },
  examples: ['firebreak show fb-0123456789ab', 'firebreak show fb-0123456789ab --json'],
  run: async (world, { values, words: [id = ''] }) => {
    const playbooks = await world.playbooks();
    const ledger = await world.ledger('read');
    const incident = await incidentNamed(ledger, id);
    const blocks = await readJournal(ledger, id);
    const broken = brokenLink(blocks) ?? (await ledger.witness?.(id, blocks)) ?? null;
    const result = resultOf(incident, playbooks.get(incident.playbook));
    const { generation, phase, because, openedBy, openedAt, firstEffectAt, endedAt, plan, approval, turn } = incident;
    const about = { case: incident.case, generation, phase, because, openedBy, openedAt, firstEffectAt, endedAt };
    const journal = blocks.flatMap((block) => block.entries);
    if (values.json) {
      const manifests = await Promise.all(
        incident.evidence.map(async (item) => ({
          kind: item.kind,
          subject: item.subject,
          manifest: await manifestOf({ ledger }, incident, item),
        })),
      );
      world.out.line(
        jsonText({
          ...result,
          ...about,
          plan,
          approval,
          turn,
          manifests,
          journal,
          chain: { whole: broken === null, broken },
        }),
      );
      return broken ? 1 : 0;
    }
    showResult(world.out, result, 'all');
    world.out.line();
    const said = (label: string, text: string | null) =>
      text && paragraph(world.out, '  ', text, `${label.padEnd(13)} `);
    said('incident', `${id}, ${incident.case}, generation ${generation}`);
    said('opened', `${openedAt} by ${openedBy}: ${because}`);
    said('approved', approval && `${approval.at} by ${approval.by}, plan ${approval.hash.slice(0, 12)}`);
    said('planned', plan && `${plan.plannedAt}, plan ${plan.hash.slice(0, 12)}`);
    said('first effect', firstEffectAt);
    said('turn', turn && `${turn.at}, to ${turn.to}: AWS admits only so many calls at once`);
    said('ended', endedAt);
    bullets(world.out, 'What the rails said', result.rails.map(saidDecision));
    showJournal(world.out, blocks);
    const whole = `The chain of ${blocks.length} blocks is whole: nothing in it was altered or taken out.`;
    paragraph(world.out, '  ', broken ? `The chain is BROKEN: ${broken}. Do not rely on this record.` : whole);
    return broken ? 1 : 0;
  },
});
