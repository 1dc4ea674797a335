// Payloads × fields × sinks: nothing that an attacker wrote is read as anything but text. And the test of the test: broken encoders are seen.
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { chatOf, subjectOf, textOf } from '../../functions/notices/compose.ts';
import {
  type Encoder,
  forChat,
  forHtml,
  forLog,
  forNote,
  forSubject,
  forTerminal,
  forText,
  visible,
} from '../../functions/notices/encode.ts';
import { type Notice, noticeOf, noticeOfFinding } from '../../functions/notices/notice.ts';
import * as judge from './checkers.ts';
import { type Field, fields, incident, toldFields } from './fixture.ts';
import { mark } from './payload.ts';
import { hiddenPayloads } from './payloads-hidden.ts';
import { writtenPayloads } from './payloads-written.ts';
import { judgeChat, noteSink, sinks } from './sinks.ts';

/** Every payload, made systematically. */
const payloads = [...hiddenPayloads, ...writtenPayloads];

const asNotice = <T>(list: readonly Field<T>[], write: (of: T) => Notice): readonly Field<Notice>[] =>
  list.map(([name, put]) => [name, (text) => write(put(text))]);

const everyField = [
  ...asNotice(fields, noticeOf),
  ...asNotice(toldFields, ({ finding, reason }) => noticeOfFinding(finding, reason)),
];

describe('the matrix', () => {
  it('has at least 200 payloads, all different', () => {
    expect(payloads.length).toBeGreaterThanOrEqual(200);
    expect(new Set(payloads.map(({ text }) => text)).size).toBe(payloads.length);
    expect(payloads.every(({ text }) => text.startsWith(mark))).toBe(true);
  });

  it.each(everyField)('%s, in every sink', (_name, put) => {
    const judges = sinks.map((sink) => sink(put(mark)));
    const wrong = payloads.flatMap(({ name, text }) => {
      const notice = put(text);
      return judges.flatMap((read) => read(notice).map((words) => `${name}: ${words}`));
    });
    expect(wrong).toEqual([]);
  });

  it.each(fields)('%s, in a Security Hub note', (_name, put) => {
    const wrong = payloads.flatMap(({ name, text }) => noteSink(put(text)).map((words) => `${name}: ${words}`));
    expect(wrong).toEqual([]);
  });

  it('shows what it is tried on: every field is in at least one sink', () => {
    const shown = ([, put]: Field<Notice>) => {
      const notice = put(mark);
      return [textOf(notice), JSON.stringify(chatOf(notice)), JSON.stringify(notice)].some((text) =>
        text.includes(mark),
      );
    };
    expect(everyField.filter((field) => !shown(field)).map(([name]) => name)).toEqual([]);
  });
});

/** What an attacker's name is turned into by whoever has forgotten something. */
const broken: Readonly<Record<string, Encoder>> = {
  'does nothing': (value) => value,
  'strips terminal sequences only': stripVTControlCharacters,
  'escapes HTML only': forHtml,
  'quotes as JSON': (value) => JSON.stringify(value),
  'shows what is hidden, and no more': (value) => visible(value),
  'trims line feeds only': (value) => value.replaceAll('\n', ' '),
};

const [title] = fields.filter(([name]) => name === 'finding.title');
const pairOf = (text: string): { readonly notice: Notice; readonly twin: Notice } => {
  if (!title) throw new Error('the fixture has no title');
  return { notice: noticeOf(title[1](text)), twin: noticeOf(title[1](mark)) };
};
const seen = (read: (text: string) => readonly string[]): number =>
  payloads.filter(({ text }) => read(text).length > 0).length;

describe('broken encoders are seen', () => {
  it.each(Object.entries(broken))('in text: %s', (_name, encode) => {
    const read = (text: string) => {
      const { notice, twin } = pairOf(text);
      return judge.text(textOf(notice, encode), textOf(twin, encode));
    };
    expect(seen(read)).toBeGreaterThan(20);
  });

  it.each([...Object.entries(broken), ['the one for text', forText] as const])('in chat: %s', (_name, encode) => {
    const read = (text: string) => {
      const { notice, twin } = pairOf(text);
      return judgeChat(chatOf(notice, encode), chatOf(twin, encode));
    };
    expect(seen(read)).toBeGreaterThan(20);
  });

  it.each([...Object.entries(broken), ['the one for text', forText] as const])('in a subject: %s', (_name, encode) => {
    expect(seen((text) => judge.subject(subjectOf({ ...pairOf('').notice, headline: text }, encode)))).toBeGreaterThan(
      20,
    );
  });

  it.each(Object.entries(broken))('in a note: %s', (_name, encode) => {
    expect(seen((text) => judge.note(encode(text.slice(0, 200))))).toBeGreaterThan(20);
  });

  it.each(Object.entries(broken).filter(([name]) => name !== 'escapes HTML only'))('in HTML: %s', (_name, encode) => {
    const page = (text: string) => `<p title="${encode(text)}">${encode(text)}</p>`;
    expect(seen((text) => judge.html(page(text), page(mark)))).toBeGreaterThan(10);
  });

  it('in a log: text put together by hand, and JSON that is left as it is', () => {
    const meant = (text: string) => ({ message: text });
    expect(seen((text) => judge.log(`{"message":"${text}"}`, meant(text)))).toBeGreaterThan(50);
    expect(seen((text) => judge.log(JSON.stringify(meant(text)), meant(text)))).toBeGreaterThan(20);
    expect(seen((text) => judge.log(forLog(meant(text)), meant(text)))).toBe(0);
  });

  it.each(Object.entries(broken).filter(([name]) => !/shows|HTML/.test(name)))('in a terminal: %s', (_name, encode) => {
    expect(seen((text) => judge.terminal([encode(text)]))).toBeGreaterThan(20);
  });

  it('and the true ones pass alone as well', () => {
    const through: readonly (readonly [Encoder, (text: string) => readonly string[]])[] = [
      [forText, (text) => [...judge.hidden(text), ...judge.links(text)]],
      [forChat, (text) => [...judge.slack(`x ${text}`, ''), ...judge.teams(`x ${text}`, '')]],
      [forNote, (text) => judge.note(text.slice(0, 512))],
      [forTerminal, (text) => judge.terminal([text])],
      [forSubject, (text) => judge.subject(`Firebreak: ${text.slice(0, 80)}`)],
    ];
    for (const [encode, read] of through) expect(seen((text) => read(encode(text)))).toBe(0);
  });
});

it('an incident as it is goes through unharmed', () => {
  const { twin } = pairOf('');
  const text = textOf(noticeOf(incident));
  for (const said of [
    'i-0123456789abcdef0',
    'sg-1 → isolated',
    'firebreak approve fb-0123456789ab',
    'Backdoor:EC2/DenialOfService',
  ])
    expect(text).toContain(said);
  expect(judge.text(text, text)).toEqual([]);
  expect(twin.schema).toBe('firebreak-notice/1');
});
