// What has to be so after each trial, judged on the account, the ledger and what people were told. A sentence for whatever is not.
import type { HoldRecord } from '../../functions/engine/hold.ts';
import type { Incident, IncidentChange } from '../../functions/engine/incident.ts';
import { brokenLink, readJournal } from '../../functions/engine/journal.ts';
import { settingOf } from '../../functions/engine/plan.ts';
import { gone } from '../../playbooks/language/aws.ts';
import { same } from '../../playbooks/language/json.ts';
import { ec2Slice } from '../account/ec2-state.ts';
import type { State } from '../account/state.ts';
import { compareAccounts, type Difference, judgeDifferences, saidDifference } from '../compare.ts';
import type { Ended, Practice } from '../practice.ts';
import { type Ground, placesChanged } from './ground.ts';
import { incidentsOf, isHeld } from './recover.ts';

/** A run that went wrong takes longer than an undisturbed one; so much longer, and it counts as never ending. To wait for evidence costs nothing. */
const transitionsFactor = 4;
const transitionsMore = 40;
const hoursMost = 52;
const waitingForEvidence: readonly string[] = ['Evidence grows', 'Preserve', 'Is it whole?'];

/** With what is not there any more nobody can do anything. */
const harmGoesOn = ({ piece, arranged }: Ground, { stage }: Practice, isGone: boolean): Promise<boolean> =>
  isGone ? Promise.resolve(false) : piece.scenario.harm(arranged, stage);

/** Groups go on without a member that is gone; how is AWS's affair. */
const isGroup = (part: string): boolean => ['autoScaling', 'elasticLoadBalancing'].includes(part);
const isReplacement = ({ path, change }: Difference): boolean =>
  change === 'added' && path.some((part) => ['instances', 'networkInterfaces', 'volumes', 'tags'].includes(part));

/**
 * What is not as it was before, and has no reason not to be. Where somebody has deleted the resource meanwhile, what went with it is not ours to
 * bring back, and what outlived it may stay.
 */
const leftBehind = (
  { before, withoutTarget, target }: Ground,
  { world }: Practice,
  isGone: boolean,
): readonly string[] => {
  const after = world.snapshot();
  const left = (state: State) => judgeDifferences(compareAccounts(state, after), []).left.map(saidDifference);
  if (!isGone) return left(before);
  // What was attached to it, and went with it, is no difference either.
  const wentWithIt = ({ change, before: was }: Difference) =>
    change === 'removed' && JSON.stringify(was).includes(target.id);
  const ours = compareAccounts(before, after).filter((difference) => !wentWithIt(difference));
  const since = new Set(ours.map(({ path }) => path.join('/')));
  return judgeDifferences(compareAccounts(withoutTarget, after), [])
    .left.filter(({ path }) => since.has(path.join('/')) && !path.includes(target.id) && !path.some(isGroup))
    .filter((difference) => !isReplacement(difference))
    .map(saidDifference);
};

/**
 * An Auto Scaling group terminates a member that fails its health checks, as an isolated one does, unless it was taken out before. Where that could not
 * be done, containment goes on all the same, and the incident has to say so: then the instance counts as gone.
 */
export const isLostToItsGroup = (
  { target }: Ground,
  { world }: Practice,
  whatWasSaid: readonly Pick<Incident, 'reason' | 'plan'>[],
): boolean => {
  const { account, region, id } = target;
  // What is due by now has happened then.
  world.snapshot();
  const { instances } = ec2Slice(world.requestAt({ account, region }));
  const isThere = target.type !== 'AWS::EC2::Instance' || instances[id]?.State === 'running';
  const isSaid = ({ reason, plan }: Pick<Incident, 'reason' | 'plan'>) =>
    reason.includes('autoscaling/') || plan?.residual.some((residual) => residual.includes('may terminate it'));
  return !isThere && whatWasSaid.some(isSaid);
};

/** It says that it is contained while the attacker goes on. */
const falseSuccess = ({ outcome, id }: Incident, harm: boolean): readonly string[] =>
  harm && (outcome === 'contained' || outcome === 'preserved') ? [`${id} says ${outcome}, and the harm goes on`] : [];

/** A part is named as open, or the scenario's own path can go on. */
const vague = ({ outcome, reason, id }: Incident, { expected }: Ground): readonly string[] =>
  outcome === 'partly-contained' && expected !== 'partly-contained' && !/open|can go on/i.test(reason)
    ? [`${id} is partly contained, and the reason names nothing open: ${reason}`]
    : [];

const undecided = ({ id, outcome, reason, phase }: Incident): readonly string[] => [
  ...(outcome === null ? [`${id} has no outcome (${phase})`] : []),
  ...(outcome !== null && reason === '' ? [`${id} has no reason in words`] : []),
];

/** What went wrong is said, so that somebody can mend it. */
const saidOf = ({ reason, changes, evidence }: Incident): string =>
  [reason, ...changes.map(({ note }) => note), ...evidence.map(({ note }) => note)].join(' ');

/** People were told how it stands now; a notice that could not be sent waits where its alarm tells of it. */
const untold = ({ id, outcome }: Incident, { notices, deadLetters }: Practice): readonly string[] => {
  const heard = notices().some((notice) => notice.incident?.id === id && notice.outcome === outcome);
  return heard || deadLetters.length > 0 ? [] : [`${id} ended ${outcome}, and nobody was told`];
};

/** No delivery got through, and the ledger knows nothing of it: then people have to know, and contain it by hand. */
const unheard = (own: readonly Incident[], { deadEvents, deadLetters, notices }: Practice): readonly string[] => {
  const heard = deadLetters.length > 0 || notices().some(({ happened }) => happened === 'undecided');
  return deadEvents.length === 0 || own.length > 0 || heard
    ? []
    : ['nothing was decided about the event, and nobody was told to contain it by hand'];
};

const openAndTwice = (incidents: readonly Incident[]): readonly string[] => {
  const again = incidents.filter(({ generation }) => generation > 1);
  return again.map(
    ({ id, key, generation }) => `${id} is generation ${generation} of ${key}: one event opened it twice`,
  );
};

/** Where the trial changed the account, and the undisturbed run did not, and no incident answers for it. */
const outside = (ground: Ground, practice: Practice, incidents: readonly Incident[]): readonly string[] => {
  const answered = incidents.flatMap(({ target, changes }) => [target.id, ...changes.map(({ id }) => id)]);
  const names = new Set(answered.flatMap((id) => [id, ...id.split('/')]).filter((name) => name.length > 2));
  // What the undisturbed run changes in a list, as a target that is let go of, may have left the list where more time has passed.
  const touched = new Set([...ground.touched].flatMap((place) => [place, place.replace(/\/\d+(\/.*)?$/, '')]));
  return placesChanged(ground.before, practice.world.snapshot())
    .filter((place) => !touched.has(place) && !place.split('/').some((part) => names.has(part)))
    .map((place) => `${place} was changed, and no incident answers for it`);
};

const disagrees = async (
  incident: Incident,
  change: IncidentChange,
  ground: Ground,
  practice: Practice,
): Promise<readonly string[]> => {
  const playbook = ground.playbooks.get(incident.playbook);
  if (!playbook || change.state !== 'verified') return [];
  const setting = settingOf(playbook, change.as);
  const value = await setting.read(practice.stage.aws, change.id);
  if (value === gone || same(value, change.to)) return [];
  return [`${incident.id} says that ${change.setting} ${change.id} is verified, and it is not so`];
};

/** What is verified is so; what every journal says is whole. */
const disagreements = async (
  ground: Ground,
  practice: Practice,
  incidents: readonly Incident[],
): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const incident of incidents) {
    for (const change of incident.changes) found.push(...(await disagrees(incident, change, ground, practice)));
    const broken = brokenLink(await readJournal(practice.ledger, incident.id));
    if (broken) found.push(`the journal of ${incident.id}: ${broken}`);
  }
  return found;
};

/** Each set of snapshots once, or the surplus is named. */
const surplus = ({ world }: Practice, incidents: readonly Incident[]): readonly string[] => {
  const sets = world.calls.filter(
    ({ command, session, outcome }) =>
      command === 'CreateSnapshots' && outcome === 'ok' && !session.startsWith('stage'),
  ).length;
  const evidence = incidents.flatMap((incident) => incident.evidence);
  const named = evidence.some(({ note }) => /surplus|also|more than one/i.test(note));
  const any = evidence.some(({ kind, state }) => /snapshot/.test(kind) && state !== 'failed');
  return sets > 1 && any && !named ? [`${sets} sets of snapshots were made, and no note says so`] : [];
};

const endless = (ground: Ground, ends: readonly Ended[], practice: Practice): readonly string[] => {
  const most = ground.transitions * transitionsFactor + transitionsMore;
  const hours = (practice.world.clock.now().getTime() - ground.arrangedAt.at) / 3_600_000;
  const counts = ends.map(({ path }) => path.filter(({ state }) => !waitingForEvidence.includes(state)).length);
  return [
    ...counts.filter((count) => count > most).map((count) => `an execution went through ${count} states`),
    ...(hours > hoursMost ? [`it took ${Math.round(hours)} hours`] : []),
  ];
};

/** After the response, whatever went wrong in it, and before anybody recovers anything. */
export const judgeResponse = async (
  ground: Ground,
  practice: Practice,
  ends: readonly Ended[],
  isGone: boolean,
): Promise<readonly string[]> => {
  const incidents = await incidentsOf(practice);
  const harm = await harmGoesOn(ground, practice, isGone);
  const own = incidents.filter(({ playbook }) => playbook === ground.piece.name);
  const alarmed = ends.some(({ status }) => status === 'FAILED') || practice.deadEvents.length > 0;
  return [
    ...own.flatMap((one) => falseSuccess(one, harm)),
    ...incidents.flatMap((one) => (alarmed ? [] : [...undecided(one), ...untold(one, practice)])),
    ...unheard(own, practice),
    ...openAndTwice(incidents),
    ...endless(ground, ends, practice),
    ...practice.world.defects.map(({ message }) => message),
  ];
};

/** Once people have recovered what had stopped. `mustSay` is what a true reason must say, where something failed for good. */
export const judgeRecovered = async (
  ground: Ground,
  practice: Practice,
  { mustSay, isGone }: { readonly mustSay: RegExp | null; readonly isGone: boolean },
): Promise<readonly string[]> => {
  const incidents = await incidentsOf(practice);
  const harm = await harmGoesOn(ground, practice, isGone);
  const own = incidents.filter(({ playbook }) => playbook === ground.piece.name);
  const wanted = (incident: Incident) => incident.outcome === ground.expected;
  return [
    ...(own.length === 0 ? ['the event was lost: there is no incident'] : []),
    ...own.flatMap((one) => [...falseSuccess(one, harm), ...vague(one, ground)]),
    ...incidents.flatMap((one) => [...undecided(one), ...untold(one, practice)]),
    ...own
      .filter((one) => mustSay && !wanted(one) && !mustSay.test(saidOf(one)))
      .map((one) => `${one.id} ended ${one.outcome}, and nothing says why: ${saidOf(one)}`),
    ...(await disagreements(ground, practice, incidents)),
    ...(isGone ? [] : outside(ground, practice, incidents)),
    ...surplus(practice, incidents),
  ];
};

/** Says that everything is as it was, and it is not. */
export const judgeRelease = (
  ground: Ground,
  practice: Practice,
  ends: readonly Ended[],
  { held, isGone }: { readonly held: number; readonly isGone: boolean },
): readonly string[] => {
  const isReleased = ({ incident: { outcome, phase } }: Ended) => outcome === 'released' && phase === 'ended';
  const done = ends.length >= held && ends.every(isReleased);
  return done
    ? leftBehind(ground, practice, isGone).map((left) => `it says released, and it is not as it was: ${left}`)
    : [];
};

const stillHeld = ({ value }: { readonly value: unknown }): readonly string[] => {
  const { phase, holders, watching, leaving, setting, id } = value as HoldRecord;
  const others = [holders, watching, leaving].flatMap((one) => Object.keys(one));
  if (phase === 'free' && others.length === 0) return [];
  return [`the hold on ${setting} ${id} stays ${phase} by ${others.join(', ') || 'nobody'}`];
};

/** After the last release: the account is as it was, and nobody holds anything. */
export const judgeEnd = async (ground: Ground, practice: Practice, isGone: boolean): Promise<readonly string[]> => {
  const unreleased = (await incidentsOf(practice))
    .filter(isHeld)
    .map(({ id, outcome, reason }) => `release --force left ${id} ${outcome}: ${reason}`);
  const holds = await practice.ledger.list('holds', '');
  return [
    ...unreleased,
    ...leftBehind(ground, practice, isGone).map((left) => `after the release ${left}`),
    ...holds.flatMap(stillHeld),
    ...practice.world.defects.map(({ message }) => message),
  ];
};
