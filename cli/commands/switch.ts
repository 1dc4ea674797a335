// firebreak switch: shows the kill switch of this machine, and turns it.
import type { Mode } from '../../functions/rails/config.ts';
import { isPosition, type Kept, keptBy, standingOf, standsAt, turned, turnsUp } from '../../functions/rails/turning.ts';
import { command, json, yes } from '../command.ts';
import { untilTurned } from '../engine.ts';
import { jsonText, paragraph } from '../screen.ts';
import { didYouMean, inWords, sentence, trouble } from '../trouble.ts';
import type { World } from '../world.ts';

/** The lowest first: it is what is meant by somebody who mistypes in a hurry. */
const positions: readonly Mode[] = ['off', 'observe', 'on'];

const means: Readonly<Record<Mode, string>> = {
  on: 'What a person types, and what the rails let through, is carried out.',
  observe: 'Everything is planned and told, and nothing is written. A release goes on.',
  off: 'Nothing is planned or written. A release goes on.',
};

const whatIsMeant = (text: string): Mode => {
  if (isPosition(text)) return text;
  throw trouble(
    `'${text}' is no position of the switch.`,
    `${didYouMean(text, positions)}There are: ${positions.join(', ')}.`,
  );
};

const unreadWords = (why: string): string =>
  sentence(`The kill switch can't be read, so a person is asked before anything is written, also after --yes: ${why}`);

/** Its position for people and for programs. `null` is a position that can't be read. */
const show = (world: World, standing: Kept, asJson: boolean): number => {
  const { out } = world;
  if ('unread' in standing) {
    const said = unreadWords(standing.unread);
    if (asJson) out.line(jsonText({ position: null, by: null, at: null, reason: said }));
    else paragraph(out, '', said);
    if (!asJson) paragraph(out, '', "'firebreak switch on', 'observe' or 'off' writes it anew.");
    return 1;
  }
  const { position, by, arn, at, reason } = standing.turned ?? {
    position: untilTurned,
    by: null,
    at: null,
    reason: '',
  };
  if (asJson) {
    out.line(jsonText({ position, by, at, reason }));
    return 0;
  }
  out.line(out.paint('bold', position));
  paragraph(out, '  ', means[position]);
  if (by === null) paragraph(out, '  ', 'Nobody has turned it yet.');
  else paragraph(out, '  ', `Turned ${at} by ${by}${arn === by ? '' : ` (${arn})`}${reason ? `: ${reason}` : ''}`);
  return 0;
};

const said = (standing: Kept): string =>
  'unread' in standing ? "can't be read" : `is '${standing.turned?.position ?? untilTurned}'`;

/** One question, with what turning it would mean. */
const confirmed = async (world: World, standing: Kept, to: Mode): Promise<boolean> => {
  if ('unread' in standing) paragraph(world.err, '', unreadWords(standing.unread));
  paragraph(world.err, '', `It ${said(standing)}; '${to}' means: ${means[to]}`);
  return /^y(es)?$/i.test((await world.ask(`\nTurn it to '${to}'? [y/N] `)).trim());
};

/** Who turns it. To turn it down must be possible also for whoever can't sign in just now. */
const callerFor = async (world: World, orNobody: boolean): Promise<string> => {
  try {
    return (await world.caller()).arn;
  } catch (error) {
    if (!orNobody) throw error;
    return `somebody whom AWS did not name (${inWords(error).error})`;
  }
};

export const killSwitch = command({
  usage: 'switch [POSITION]',
  summary: 'shows the kill switch, or turns it: on, observe or off',
  about: [
    `on: ${means.on} observe: ${means.observe} off: ${means.off}`,
    'It counts for everything that is run with this ledger, within 5 seconds, also for what is under way. It is on until somebody turns it: on this machine nothing acts by itself. (The mode in firebreak.config.ts is where a deployment begins.)',
    "A switch that can't be read means that a person is asked, and --yes is no answer then. Where switchMustDiffer in firebreak.config.ts says so, whoever turned it down can't turn it up again: exit code 3.",
  ],
  options: { reason: { type: 'string', value: 'TEXT', about: 'why, for whoever looks' }, yes, json },
  examples: [
    'firebreak switch',
    'firebreak switch observe --reason "a migration until 6"',
    'firebreak switch off --yes --json',
  ],
  run: async (world, { values, words: [text] }) => {
    const asJson = values.json ?? false;
    const standing = await keptBy(world.killSwitch);
    if (text === undefined) return show(world, standing, asJson);
    const to = whatIsMeant(text);
    const before = standingOf(standing, untilTurned);
    if (standsAt(before, to)) {
      if (!asJson) paragraph(world.out, '', `It ${said(standing)} already.`);
      return show(world, standing, asJson);
    }
    if (!values.yes && !world.interactive)
      throw trouble('There is no terminal to ask at.', 'Add --yes to turn it without asking.');
    const config = await world.config();
    const arn = await callerFor(world, !turnsUp(before, to) && !config.switchMustDiffer);
    const next = turned(config, before, { to, arn, at: world.now(), reason: values.reason?.trim() ?? '' });
    if (!values.yes && !(await confirmed(world, standing, to))) {
      if (!asJson) paragraph(world.out, '', `Not turned: it ${said(standing)}.`);
      else show(world, standing, asJson);
      return 3;
    }
    try {
      await world.killSwitch.write(next);
    } catch (error) {
      throw trouble(
        `The kill switch could not be turned: ${inWords(error).error}`,
        `It ${said(standing)}. Look after its file, beside the one that FIREBREAK_LEDGER names.`,
        1,
      );
    }
    return show(world, { turned: next }, asJson);
  },
});
