// The commands that a notice offers. They are meant to be copied into a shell, so nothing stands in them that an attacker could have chosen.
import type { Incident } from '../engine/incident.ts';
import type { Answerer } from '../engine/undecided.ts';
import type { Happened } from './happened.ts';

export type Command = { readonly does: string; readonly command: string };

/** No shell, mail program or chat reads anything into these. */
const isIncidentId = (id: string): boolean => /^fb-[0-9a-f]{12}$/.test(id);
const isPlain = (word: string): boolean => /^[A-Za-z0-9][A-Za-z0-9-]{0,127}$/.test(word);

/** Containing once more by hand; an id that a shell or a chat could misread is left to the person, who finds it with `show`. */
const again = ({ playbook, target }: Answerer, does: string, more = ''): readonly Command[] =>
  [playbook, target.id, target.region].every(isPlain)
    ? [{ does, command: `firebreak contain ${playbook} ${target.id} --region ${target.region}${more}` }]
    : [];

const heldBy = ({ phase }: Incident): boolean => phase === 'holding';
const keepsSomething = ({ changes }: Incident): boolean => changes.some(({ state }) => state === 'kept');

const answers = (id: string): readonly Command[] => [
  { does: 'approve this plan', command: `firebreak approve ${id}` },
  { does: 'deny it', command: `firebreak deny ${id} --reason "why"` },
];

const decisions = ({ id, changes }: Incident): readonly Command[] => [
  // What is contradicted can't be forced, and where the ledger was changed no copied command may put anything back.
  ...(changes.some(({ state }) => state === 'doubted')
    ? []
    : [{ does: 'put the original over what somebody changed', command: `firebreak release ${id} --force` }]),
  { does: 'let go and leave it as it is', command: `firebreak release ${id} --keep` },
];

const next = (incident: Incident, happened: Happened): readonly Command[] => {
  const { id } = incident;
  const release = { does: 'put back what was changed', command: `firebreak release ${id}` };
  const check = { does: 'look again', command: `firebreak check ${id}` };
  switch (happened) {
    case 'asked':
      return answers(id);
    case 'conflict':
      return decisions(incident);
    case 'contained':
      return heldBy(incident) ? [release] : [];
    case 'partly':
    case 'drifted':
    case 'failed':
      return [...again(incident, 'contain it again'), check, ...(heldBy(incident) ? [release] : [])];
    case 'released':
      return keepsSomething(incident)
        ? [{ does: 'put back what was kept as well', command: `firebreak release ${id} --force` }]
        : [];
    case 'planned':
    case 'denied':
    case 'expired':
      return again(incident, 'contain it by hand');
    case 'preserved':
    case 'refused':
    case 'ignored':
    case 'told':
    case 'undecided':
      return [];
  }
};

/** What a person can do now, the most likely first but for looking, which comes before everything. */
export const commandsFor = (incident: Incident, happened: Happened): readonly Command[] =>
  isIncidentId(incident.id)
    ? [{ does: 'see everything', command: `firebreak show ${incident.id}` }, ...next(incident, happened)]
    : [{ does: 'see all incidents', command: 'firebreak incidents' }];

/** What a person does in place of a Firebreak that can't: with their own credentials, and on the ledger of their own machine. */
export const commandsInstead = (answerers: readonly Answerer[]): readonly Command[] => {
  const commands = answerers.flatMap((one) => again(one, 'contain it by hand', ' --break-glass'));
  return commands.length > 0 ? commands : [{ does: 'see which playbooks there are', command: 'firebreak playbooks' }];
};
