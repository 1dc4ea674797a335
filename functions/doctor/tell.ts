// Tells people what the scheduled doctor found: when it changes, and not each hour.
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Aws } from '../../playbooks/language/aws.ts';
import type { Ledger } from '../engine/ledger.ts';
import { forJson, forSubject, forText } from '../notices/encode.ts';
import { noticesTopic } from './installed.ts';
import type { Verdict } from './verdict.ts';

const record = 'last';
/** A mail is to be read; 'firebreak doctor' shows all. */
const toldMost = 25;

type Told = { readonly faults: readonly string[] };

/** What it is that is not well. Words and numbers may change with each look, and are no news. */
const faultOf = ({ check, subject, state }: Verdict): string => `${check}: ${subject}: ${state}`;

const textOf = (news: readonly Verdict[], over: readonly string[], standing: number): string =>
  [
    ...news
      .slice(0, toldMost)
      .map(({ check, subject, state, said, remedy }) =>
        [`${state.toUpperCase()}  ${check}: ${subject}`, said, `Now: ${remedy}`].map(forText).join('\n'),
      ),
    ...(news.length > toldMost ? [`And ${news.length - toldMost} more.`] : []),
    ...(over.length > 0 ? [['No more:', ...over.slice(0, toldMost).map(forText)].join('\n')] : []),
    `${standing} not well in all. 'firebreak doctor' shows everything.`,
  ].join('\n\n');

/**
 * Publishes first and writes down after: rather told twice than never.
 * @throws what AWS said: what could not be told is news again the next time.
 */
export const tellChange = async (ledger: Ledger, own: Aws, notWell: readonly Verdict[]): Promise<'told' | 'known'> => {
  const entry = await ledger.read('doctor', record);
  const before = (entry?.value as Told | undefined)?.faults ?? [];
  const faults = [...new Set(notWell.map(faultOf))].toSorted();
  const news = notWell.filter((one) => !before.includes(faultOf(one)));
  const over = before.filter((one) => !faults.includes(one));
  if (news.length === 0 && over.length === 0) return 'known';
  const headline =
    faults.length > 0
      ? `Firebreak in ${own.account} ${own.region} is not well: ${faults.length}`
      : `Firebreak in ${own.account} ${own.region} is well again`;
  await own(SNSClient).send(
    new PublishCommand({
      TopicArn: noticesTopic(own),
      Subject: forSubject(headline),
      MessageStructure: 'json',
      Message: JSON.stringify({
        default: forJson({ doctor: headline, notWell: notWell.slice(0, toldMost), over: over.slice(0, toldMost) }),
        email: textOf(news, over, faults.length),
        sms: forSubject(headline),
      }),
    }),
  );
  // Somebody who was faster has told it as well.
  await ledger.write('doctor', record, { faults }, entry?.version ?? 0);
  return 'told';
};
