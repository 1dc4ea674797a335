// Every place in which a notice is shown, each with its judge. A sink answers what its place would read into the notice about a hostile name.
import { jsonText, paragraph, plain, type Screen, table } from '../../cli/screen.ts';
import type { Incident } from '../../functions/engine/incident.ts';
import type { ChatNotification } from '../../functions/notices/compose.ts';
import { forLog, forTerminal } from '../../functions/notices/encode.ts';
import { noteFor } from '../../functions/notices/finding-note.ts';
import type { Notice } from '../../functions/notices/notice.ts';
import { publicationsOf } from '../../functions/notices/send.ts';
import { html as markup } from '../../gameday/report/html.ts';
import * as judge from './checkers.ts';

/** Given the notice about a harmless name: what a place would read into one about another, each remark with the place's name. */
export type Sink = (twin: Notice) => (notice: Notice) => readonly string[];

const said = (place: string, words: readonly string[]): readonly string[] => words.map((word) => `${place}: ${word}`);

const bothChats = (written: string, twin: string): readonly string[] => [
  ...judge.hidden(written),
  ...judge.slack(written, twin),
  ...judge.teams(written, twin),
];

/** Each text of a chat notification by itself: they are shown in different places. */
export const judgeChat = (written: ChatNotification, twin: ChatNotification): readonly string[] => [
  ...bothChats(written.content.title, twin.content.title),
  ...bothChats(judge.whole(written.content.description), twin.content.description),
  ...judge.forgedLines(written.content.description, twin.content.description),
  ...bothChats(written.content.nextSteps.join('\n'), twin.content.nextSteps.join('\n')),
  ...bothChats(written.content.keywords.join('\n'), twin.content.keywords.join('\n')),
  ...bothChats(written.metadata.summary, twin.metadata.summary),
  ...bothChats(written.metadata.relatedResources.join('\n'), twin.metadata.relatedResources.join('\n')),
  ...(judge.linesOf(`${written.content.title}${written.metadata.summary}`).length === 1
    ? []
    : ['a title of several lines']),
  ...Object.entries({
    ...written.metadata.additionalContext,
    thread: written.metadata.threadId,
    event: written.metadata.eventType,
  })
    .filter(([, value]) => !/^[A-Za-z0-9-]{1,64}$/.test(value))
    .map(([name]) => `${name} could become part of a command`),
  ...(written.content.title.length <= 150 && written.content.description.length <= 3000 ? [] : ['too long for Slack']),
];

const lists = ({ changes, evidence, acts, drift, ongoing, residual }: Notice) => ({
  changes,
  evidence,
  acts,
  drift,
  ongoing,
  residual,
});
const textsOf = (value: unknown): readonly string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsOf)
      : [];

/** The report's own template, with each value between tags and in an attribute. */
const reportOf = (notice: Notice): string =>
  markup`<h3 title="${notice.headline}">${notice.headline}</h3>${textsOf({ ...notice, ...lists(notice) }).map(
    (value) => markup`<p id="${value}" class="x">${value}</p><td><code>${value}</code></td>`,
  )}<footer></footer>`.text;

const screen = (lines: string[], width: number): Screen => ({
  line: (line = '') => lines.push(line),
  passing: (line) => lines.push(line),
  coloured: false,
  paint: (_style, line) => line,
  width,
});

/** The command line's own ways of printing. */
const printed = (notice: Notice): readonly string[] => {
  const lines: string[] = [];
  for (const width of [80, Number.POSITIVE_INFINITY]) {
    paragraph(screen(lines, width), '  ', notice.headline, '• ');
    paragraph(screen(lines, width), '', notice.reason);
    table(
      screen(lines, width),
      '',
      ['setting', 'from', 'to', 'note'],
      notice.changes.map(({ setting, from, to, note }) => [setting, from, to, note]),
    );
  }
  return [...lines, plain(notice.headline), forTerminal(notice.headline), ...jsonText(notice).split('\n')];
};

const topics = {
  topic: 'arn:aws:sns:eu-central-1:111122223333:people',
  chatTopic: 'arn:aws:sns:eu-central-1:111122223333:chat',
};
type Forms = { readonly default: string; readonly email: string; readonly sms: string };

/** What is handed to SNS, taken apart as SNS takes it apart. */
const publishedOf = (notice: Notice) => {
  const [people, chat] = publicationsOf(notice, topics);
  const message = people?.Message ?? '';
  const chatMessage = chat?.Message ?? '';
  return {
    ...(JSON.parse(message) as Forms),
    forms: Object.keys(JSON.parse(message)).join(),
    subject: people?.Subject ?? '',
    attributes: Object.entries({ ...people?.MessageAttributes, ...chat?.MessageAttributes }),
    bytes: Buffer.byteLength(message) + Buffer.byteLength(JSON.stringify(people?.MessageAttributes)),
    chatMessage,
    chat: JSON.parse(chatMessage) as ChatNotification,
  };
};

const isShortened = (written: string): boolean => (JSON.parse(written) as Notice).shortened.length > 0;

const published: Sink = (twin) => {
  const harmless = publishedOf(twin);
  return (notice) => {
    const sent = publishedOf(notice);
    return [
      ...said('e-mail subject', judge.subject(sent.subject)),
      ...said('SNS text and e-mail', judge.text(sent.email, harmless.email)),
      ...said('SMS', judge.sms(sent.sms)),
      ...said('chat', judgeChat(sent.chat, harmless.chat)),
      ...said('chat', judge.log(sent.chatMessage, sent.chat)),
      // What is left out is compared with itself: that it parses and hides nothing is all there is to see.
      ...said('JSON form', judge.log(sent.default, isShortened(sent.default) ? JSON.parse(sent.default) : notice)),
      ...said('SNS', sent.forms === 'default,email,sms' && sent.bytes <= 262_144 ? [] : ['other forms, or too large']),
      ...sent.attributes
        .filter(([name, { StringValue: value = '' }]) => !/^[A-Za-z]+ [A-Za-z0-9-]{1,64}$/.test(`${name} ${value}`))
        .map(([name]) => `SNS attribute ${name}`),
    ];
  };
};

const report: Sink = (twin) => {
  const harmless = reportOf(twin);
  return (notice) => said('HTML report', judge.html(reportOf(notice), harmless));
};

const log: Sink = () => (notice) => {
  const record = { level: 'INFO', message: notice.headline, notice };
  return said('log', judge.log(forLog(record), record));
};

const terminal: Sink = () => (notice) => said('terminal', judge.terminal(printed(notice)));

export const sinks: readonly Sink[] = [published, report, log, terminal];

/** A note says the reason where something went wrong. */
export const noteSink = (incident: Incident): readonly string[] => {
  const written = noteFor({ ...incident, outcome: 'failed' });
  return written ? judge.note(written.text) : ['no note'];
};
