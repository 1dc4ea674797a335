// A notice in words, for each way in which it is sent. Every value goes through the encoder of its place; the words around it are ours.
import type { ChangeState } from '../engine/incident.ts';
import { cut, type Encoder, forChat, forJson, forSubject, forText } from './encode.ts';
import { heads } from './happened.ts';
import type { Notice, NoticeAct, NoticeChange, NoticeEvidence } from './notice.ts';
import { fitted } from './shorten.ts';

/** SNS: 'less than 100 characters', ASCII. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
const subjectMax = 99;
/** Two screens of a phone are read; who wants more runs `firebreak show`. */
const textMax = 6_000;
/** SMS: two parts of 160 characters at most cost twice, not ten times, as much. */
const smsMax = 300;
/** SNS takes 256 KB for all forms of a message and its attributes together, each quote and line break of them escaped. */
const jsonBytesMax = 150_000;

const stateWords: Readonly<Record<ChangeState, string>> = {
  planned: 'planned',
  held: 'not written yet',
  deferred: 'still to come',
  written: 'written, not verified yet',
  watching: 'was so already, watched',
  verified: 'verified',
  open: 'STANDS OPEN',
  failed: 'FAILED',
  gone: 'not there any more',
  released: 'put back',
  untouched: 'never written',
  shared: 'still held for another incident',
  kept: 'kept as it is',
  waits: 'still held',
  'let-go': 'let go as it stands',
  conflict: 'CHANGED BY SOMEBODY ELSE',
  doubted: 'ORIGINAL IN DOUBT',
};

/** A note after a state, where there is one. */
const withNote = (words: string, note: string): string => (note ? `${words} (${note})` : words);

const changeLine = ({ setting, id, from, to, effect, state, note }: NoticeChange): string => {
  const purpose = effect === 'containing' ? '' : `, ${effect}`;
  return `${setting} ${id}: ${from} → ${to}${purpose}: ${withNote(stateWords[state] ?? state, note)}`;
};

const actLine = ({ act, id, irreversible, state, note }: NoticeAct): string =>
  `${act} ${id}: ${withNote(state, note)}. It can't be undone: ${irreversible}`;

const evidenceLine = ({ kind, subject, state, reference, note }: NoticeEvidence): string =>
  `${kind} of ${subject}: ${withNote(state, note)}${reference && reference !== subject ? `, ${reference}` : ''}`;

/** Nothing has been written yet, and perhaps never will be. */
const isOnlyPlan = ({ happened }: Notice): boolean =>
  ['asked', 'planned', 'refused', 'ignored', 'denied', 'expired'].includes(happened);

type Section = { readonly title: string; readonly lines: readonly string[] };

/** What is told, in the order in which a person wants it. Values still bare: each line is encoded as a whole by who writes it. */
const sectionsOf = (notice: Notice): readonly Section[] => {
  const { where, finding, plan, incident } = notice;
  const place = `account ${where.account}, ${where.region}`;
  const found = finding && [
    `${finding.type}, ${notice.severity}${finding.count > 1 ? `, seen ${finding.count} times` : ''}, by ${finding.detector}`,
    `“${finding.title}”`,
  ];
  const released = notice.happened === 'released';
  const changes = isOnlyPlan(notice) ? 'What would be changed' : released ? 'What was put back' : 'What was changed';
  const by = incident && `by ${incident.openedBy}`;
  const opened = by && notice.because && !notice.reason.includes(notice.because) ? `${notice.because}, ${by}` : by;
  const all: readonly Section[] = [
    { title: 'Where', lines: [`${where.type} ${where.id} in ${place}`] },
    { title: notice.needsAnswer ? 'Why you are asked' : 'Outcome', lines: [notice.reason] },
    { title: 'Finding', lines: found ?? [] },
    { title: 'Opened', lines: opened ? [opened] : [] },
    { title: 'Approved', lines: incident?.approvedBy ? [`by ${incident.approvedBy}`] : [] },
    { title: changes, lines: notice.changes.map(changeLine) },
    { title: 'Irreversible', lines: notice.acts.map(actLine) },
    { title: 'Came after the plan and stands open', lines: notice.drift },
    { title: 'Can go on all the same', lines: released ? [] : notice.ongoing },
    { title: 'Not closed by this', lines: released ? [] : notice.residual },
    { title: 'Evidence', lines: notice.evidence.map(evidenceLine) },
    { title: 'Plan', lines: plan && isOnlyPlan(notice) ? [`${plan.hash.slice(0, 12)} of ${plan.plannedAt}`] : [] },
    { title: 'Shortened', lines: notice.shortened },
  ];
  return all.filter(({ lines }) => lines.length > 0);
};

/** One line of printable ASCII. */
export const subjectOf = ({ headline, where }: Notice, encode: Encoder = forSubject): string => {
  const room = (text: string, most: number) => (text.length <= most ? text : `${text.slice(0, most - 3)}...`);
  const place = encode(` (${where.account} ${where.region})`);
  return room(`Firebreak: ${room(encode(headline), subjectMax - 40)} ${place}`, subjectMax);
};

/** A last resort, for values that grow when they are made harmless: the end is left out, and it shows. */
const within = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`.toWellFormed();

/** For a phone: what, where, outcome, from → to, what is left open, and the commands, which are never left out. */
export const textOf = (notice: Notice, encode: Encoder = forText): string => {
  const write = (shown: Notice): string =>
    [
      encode(shown.headline),
      ...sectionsOf(shown).flatMap(({ title, lines }) =>
        lines.length === 1
          ? [`${title}: ${encode(lines[0] ?? '')}`]
          : [`${title}:`, ...lines.map((line) => `- ${encode(line)}`)],
      ),
    ].join('\n');
  const end = [
    'What you can do:',
    ...notice.commands.map(({ does, command }) => `  ${command}   (${does})`),
    `Notice ${notice.id}. Brackets as in [.] and ⟨U+202E⟩ are ours: they make names from findings harmless.`,
  ].join('\n');
  const room = textMax - end.length - 1;
  return `${within(
    fitted(notice, 4 * textMax, write, (text) => text.length <= room),
    room,
  )}\n${end}`;
};

/** The least that helps: what, where, and the first two commands. */
export const smsOf = ({ headline, where, commands }: Notice, encode: Encoder = forSubject): string => {
  const todo = commands.slice(0, 2).map(({ command }) => command);
  const tail = ` In ${encode(cut(`${where.account} ${where.region}`, 40))}. ${todo.join(' | ')}`;
  return `Firebreak: ${encode(headline).slice(0, smsMax - tail.length - 14)}.${tail}`.slice(0, smsMax);
};

/** For programs. Reads back as exactly what was found. */
export const jsonOf = (notice: Notice): string =>
  fitted(
    notice,
    jsonBytesMax,
    (shown) => forJson(shown),
    (json) => Buffer.byteLength(JSON.stringify(json)) <= jsonBytesMax,
  );

/**
 * What Amazon Q Developer in chat applications takes: https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
 * AWS gives no lengths there; Slack shows 150 characters of a header and 3,000 of a section.
 */
export type ChatNotification = {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly id: string;
  readonly content: {
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: {
    readonly threadId: string;
    readonly summary: string;
    readonly eventType: string;
    readonly relatedResources: readonly string[];
    /** Custom actions may put these into commands: nothing stands here that an attacker could have chosen. */
    readonly additionalContext: Readonly<Record<string, string>>;
  };
};
const chatTitleMax = 150;
const chatDescriptionMax = 2_900;

/** What filters and custom actions go by: a word of ours, or 'unknown'. */
const word = (text: string | undefined): string => (text && /^[A-Za-z0-9-]{1,64}$/.test(text) ? text : 'unknown');

/** For Slack and Teams. An update of the same case goes into the same thread. */
export const chatOf = (notice: Notice, encode: Encoder = forChat): ChatNotification => {
  const describe = (shown: Notice): string =>
    sectionsOf(shown)
      .map(({ title, lines }) =>
        lines.length === 1
          ? `*${title}:* ${encode(lines[0] ?? '')}`
          : [`*${title}:*`, ...lines.map((line) => `• ${encode(line)}`)].join('\n'),
      )
      .join('\n');
  const title = within(encode(cut(notice.headline, 100)), chatTitleMax);
  const { where, incident, happened, severity } = notice;
  const context = {
    incident: word(incident?.id),
    playbook: word(incident?.playbook),
    account: word(where.account),
    region: word(where.region),
    severity: word(severity),
  };
  return {
    version: '1.0',
    source: 'custom',
    id: notice.id,
    content: {
      textType: 'client-markdown',
      title,
      description: within(
        fitted(notice, 4 * chatDescriptionMax, describe, (text) => text.length <= chatDescriptionMax),
        chatDescriptionMax,
      ),
      nextSteps: notice.commands.map(({ does, command }) => `${does}: \`${command}\``),
      keywords: [...new Set([heads[happened].split(',')[0] ?? '', context.playbook, context.severity])],
    },
    metadata: {
      threadId: word(incident?.case ?? notice.id),
      summary: title,
      eventType: `firebreak-${happened}`,
      relatedResources: [encode(cut(where.id, 120))],
      additionalContext: context,
    },
  };
};

/** For subscription filter policies: https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html */
export const attributesOf = ({
  happened,
  outcome,
  incident,
  where,
  severity,
  needsAnswer,
}: Notice): Readonly<Record<string, string>> => ({
  outcome: word(outcome ?? happened),
  playbook: incident ? word(incident.playbook) : 'none',
  account: word(where.account),
  region: word(where.region),
  severity: word(severity),
  needsAnswer: String(needsAnswer),
});
