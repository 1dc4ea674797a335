// One incident in plain language: what Firebreak did, what stays open, how it looks after the release. Pure text, for people.
import { same } from '../../playbooks/language/json.ts';
import type { DrillChange, DrillResult } from './drill-report.ts';
import { counted, duration, listed, plainName, sentence } from './words.ts';

/** Found as wanted, so nothing was written for it. */
export const wasSoAlready = ({ from, to }: DrillChange): boolean => same(from, to);

const isDone = ({ afterContain }: DrillChange): boolean => afterContain.state === 'verified';

/** How a setting looked at the end of a release: what it read, and why if it was not put back. */
export const lastStanding = ({ afterContain, afterRelease, afterForce }: DrillChange) =>
  afterForce ?? afterRelease ?? afterContain;

const changed = ({ changes, times }: DrillResult): readonly string[] => {
  const written = changes.filter((change) => isDone(change) && !wasSoAlready(change));
  const already = changes.filter(wasSoAlready);
  const open = changes.filter((change) => !isDone(change) && !wasSoAlready(change));
  const kinds = [...new Set(written.map(({ setting }) => plainName(setting)))];
  const first =
    times.firstEffect === null ? '' : ` The first took effect ${duration(times.firstEffect)} after the event.`;
  const verified =
    times.verified === null
      ? ''
      : ` A fresh look found ${written.length === 1 ? 'it' : 'them'} so ${duration(times.verified)} after the event.`;
  return [
    ...(written.length > 0
      ? [`It changed ${counted(written.length, 'setting')} (${listed(kinds)}).${first}${verified}`]
      : []),
    ...(already.length > 0
      ? [`${counted(already.length, 'setting')} ${already.length === 1 ? 'was' : 'were'} so already and only watched.`]
      : []),
    ...open.map(({ setting, id, afterContain }) =>
      sentence(`It could not settle ${plainName(setting)} of ${id}: ${afterContain.note || afterContain.state}`),
    ),
  ];
};

const evidenceSaid = ({ evidence }: DrillResult): readonly string[] => {
  if (evidence.length === 0) return [];
  const complete = evidence.filter(({ state }) => state === 'complete').length;
  const all =
    complete === evidence.length
      ? evidence.length === 1
        ? 'it is complete'
        : 'all are complete'
      : `${complete} of them ${complete === 1 ? 'is' : 'are'} complete`;
  return [`It took ${counted(evidence.length, 'piece')} of evidence; ${all}.`];
};

const asked = ({ runs, outcome }: DrillResult): readonly string[] => {
  if (!runs.some(({ steps }) => steps.some(({ state }) => state === 'Ask a person'))) return [];
  if (outcome === 'denied') return ['It asked a person first, who denied it.'];
  if (outcome === 'expired') return ['It asked a person, and nobody answered in time.'];
  return ['It asked a person first, who was shown the plan and approved it.'];
};

/** What was done, in the order in which somebody would tell it. */
export const whatWasDone = (result: DrillResult): readonly string[] => {
  const { changes, evidence, outcome, reason, incident } = result;
  if (!incident) return [reason ? sentence(`It opened no incident: ${reason}`) : 'It opened no incident.'];
  const nothing = changes.length === 0 && outcome !== 'preserved';
  return [
    ...asked(result),
    ...(nothing ? [`It changed nothing${evidence.length > 0 ? '' : ' and says why'}: ${sentence(reason)}`] : []),
    ...(outcome === 'preserved' ? ['It changed no setting: this playbook takes evidence and nothing else.'] : []),
    ...changed(result),
    ...evidenceSaid(result),
    ...result.acts.map(({ act, id, state }) =>
      sentence(`It ran ${plainName(act)} on ${id}, which can’t be undone: ${state}`),
    ),
    ...(outcome === 'partly-contained' ? [sentence(`It calls this contained in part. ${reason}`)] : []),
    ...(outcome === 'failed' && changes.length > 0 ? [sentence(`It was not contained. ${reason}`)] : []),
  ];
};

/** What goes on first, then what is left open by design. */
export const whatStaysOpen = ({ ongoing, residual, changes, containment }: DrillResult): readonly string[] => {
  const known = [...ongoing, ...residual];
  if (known.length > 0 || changes.length > 0 || containment === 'evidence') return known;
  return ['All of it: nothing was changed.'];
};

const released = ({ changes }: DrillResult): readonly string[] => {
  const kept = changes.filter(({ afterRelease }) => afterRelease?.state === 'kept');
  const back = changes.filter(({ afterRelease }) => afterRelease?.state === 'released');
  const forced = kept.filter(({ afterForce }) => afterForce?.state === 'released');
  const others = changes.filter(
    ({ afterRelease }) => afterRelease && !['kept', 'released', 'untouched'].includes(afterRelease.state),
  );
  return [
    ...(back.length > 0
      ? [
          `The release put back ${back.length === changes.length && back.length > 1 ? 'all ' : ''}${counted(back.length, 'setting')}.`,
        ]
      : []),
    ...(kept.length > 0
      ? [
          `It kept ${counted(kept.length, 'setting')} on purpose, because to put back ${kept.length === 1 ? 'it' : 'them'} would open the way again.`,
        ]
      : []),
    ...(forced.length > 0
      ? [
          `A forced release, which a person has to insist on, put back ${forced.length === 1 ? 'that one' : 'those'} as well.`,
        ]
      : []),
    ...others.map(({ setting, id, afterRelease }) =>
      sentence(`${plainName(setting)} of ${id} is ${afterRelease?.state}: ${afterRelease?.note || 'no more is known'}`),
    ),
  ];
};

const accountSaid = ({ account, evidence }: DrillResult): string => {
  if (account.restored === null) return 'The account was not compared with what it was: the drill ended before.';
  if (!account.restored)
    return `The account is not what it was: it differs in ${counted(account.left.length, 'place')}.`;
  const why = new Set(account.explained.map((difference) => difference.why));
  const excused = [
    ...(why.has('evidence') || evidence.length > 0 ? ['the evidence that is kept'] : []),
    ...(why.has('supporting resource') ? ['supporting resources that others still use'] : []),
    ...(why.has('live traffic') ? ['connections that were cut'] : []),
    ...(why.has('new id') ? ['the id that AWS gives an address’s association anew'] : []),
  ];
  return `The account reads exactly as before${excused.length > 0 ? `, but for ${listed(excused)}` : ''}.`;
};

export const afterwards = (result: DrillResult): readonly string[] => [
  ...(result.runs.some(({ workflow }) => workflow === 'release')
    ? released(result)
    : ['Nothing was held, so there was nothing to release.']),
  accountSaid(result),
];
