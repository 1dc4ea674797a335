// The notice board of the practice ground: what people would have been told, with or without SNS between.
import type { Engine } from '../functions/engine/engine.ts';
import type { Incident } from '../functions/engine/incident.ts';
import type { FindingNote } from '../functions/notices/finding-note.ts';
import { type Notice, noticeOf, noticeOfFinding, noticeOfUndecided } from '../functions/notices/notice.ts';
import { type DeadLetter, type Sender, senderFor } from '../functions/notices/send.ts';
import type { Place } from '../playbooks/language/resource.ts';
import type { Request } from './account/model.ts';
import { publishedTo, sns } from './account/sns.ts';
import { Crash, type Session, type World } from './account/world.ts';

/** `kept` makes no call to AWS; `published` goes through two topics in the account, where each call can meet a fault. */
export type NoticesBy = 'kept' | 'published';

export interface NoticeBoard {
  /** What the process has in place of the deployed sender. */
  sender(session: Session, aws: Engine['aws']): Sender;
  /** In the order in which people got them. */
  notices(): readonly Notice[];
  /** What could not be published. */
  readonly deadLetters: readonly DeadLetter[];
  /** What waits to be written on findings in Security Hub. */
  readonly findingNotes: FindingNote[];
}

/** Made before anything happens, so no process has made it and no call is counted. */
const topicIn = (world: World, place: Place, name: string): string => {
  const request: Request = { ...place, now: world.clock.now(), state: world.state, newId: world.newId };
  const create = sns.CreateTopic;
  if (!create) throw new Error('SNS in memory makes no topics: add CreateTopic to gameday/account/sns.ts.');
  return (create({ Name: name } as never, request) as { TopicArn: string }).TopicArn;
};

export const createNoticeBoard = (world: World, place: Place, by: NoticesBy): NoticeBoard => {
  const kept: Notice[] = [];
  const deadLetters: DeadLetter[] = [];
  const findingNotes: FindingNote[] = [];
  const topics =
    by === 'published' ? ['firebreak-notices', 'firebreak-chat'].map((name) => topicIn(world, place, name)) : [];
  const [topic = '', chatTopic = ''] = topics;
  const alive = ({ dead, name }: Session): void => {
    if (dead) throw new Crash(`${name} is dead and can tell nobody`);
  };
  return {
    sender: (session, aws) => {
      if (by === 'published')
        return senderFor({
          aws: (where) => aws(where, 'notices', 'write'),
          topic,
          chatTopic,
          deadLetter: async (letter) => {
            alive(session);
            deadLetters.push(letter);
          },
          enqueueNote: async (note) => {
            alive(session);
            findingNotes.push(note);
          },
        });
      const keep = (notice: Notice): void => {
        alive(session);
        kept.push(notice);
      };
      return {
        notify: async (incident: Incident) => keep(noticeOf(incident)),
        note: async () => alive(session),
        tell: async (finding, reason) => keep(noticeOfFinding(finding, reason)),
        tellUndecided: async (...what) => keep(noticeOfUndecided(...what)),
      };
    },
    notices: () =>
      by === 'kept'
        ? kept
        : publishedTo(world.state, topic).map(
            ({ message }) => JSON.parse((JSON.parse(message) as { default: string }).default) as Notice,
          ),
    deadLetters,
    findingNotes,
  };
};
