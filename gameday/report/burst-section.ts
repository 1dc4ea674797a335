// The burst in the report: what came in, what became of it, and how near it came to what AWS admits.
import { burstPicture } from './burst-picture.ts';
import type { BurstReport } from './burst-report.ts';
import { type Html, html } from './html.ts';
import { counted, duration, listed } from './words.ts';

const number = (value: number): string => value.toLocaleString('en');

const percent = (ofFloor: number): string => `${Math.round((ofFloor - 1) * 100)} %`;

/** One sentence for who reads no further. */
export const burstVerdict = (burst: BurstReport): string => {
  const { events, lost, doubled, notes, ofFloor, held } = burst;
  const twice = doubled.incidents + doubled.writes + doubled.notices;
  const figures = [
    `${lost} lost`,
    `${twice} doubled`,
    `${counted(notes.calls, 'batch update')}`,
    `the last one contained ${percent(ofFloor)} after AWS’s own limit`,
  ];
  return (
    `Of ${number(events.total)} findings within ${events.withinSeconds} s, ${number(events.detections)} of them distinct: ` +
    `${listed(figures)}${held ? '' : '. Not all held'}.`
  );
};

const figure = (name: string, value: string, note: string): Html =>
  html`<div><dt>${name}</dt><dd><b>${value}</b><small>${note}</small></dd></div>`;

const figures = ({ events, lost, doubled, notes, ofFloor, seconds, bucket }: BurstReport): Html => {
  const twice = doubled.incidents + doubled.writes + doubled.notices;
  return html`
    <dl class="figures">
      ${figure('Lost', number(lost), `of ${number(events.detections)} detections`)}
      ${figure('Doubled', number(twice), 'incidents, writes, notices')}
      ${figure('Batch updates', number(notes.calls), `for ${number(notes.findings)} findings`)}
      ${figure('Last contained', duration(seconds.contained * 1000), `AWS admits it after ${duration(bucket.floorSeconds * 1000)}`)}
      ${figure('Over AWS’s limit', percent(ofFloor), 'of time')}
    </dl>`;
};

const checks = ({ checks: all }: BurstReport): Html => html`
  <div class="wide">
    <table>
      <caption>What had to be so</caption>
      <thead>
        <tr><th scope="col">What</th><th scope="col">Expected</th><th scope="col">Found</th></tr>
      </thead>
      <tbody>
        ${all.map(
          ({ what, expected, found, held }) => html`
          <tr>
            <th scope="row">${what}</th>
            <td>${expected}</td>
            <td>${held ? found : html`<span class="outcome failed">${found}</span>`}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;

/** Two pictures: one until all are contained, one until all is done. */
const pictures = (burst: BurstReport): Html => {
  const { contained, ended } = burst.seconds;
  const frames = [
    {
      id: 'burst-contained',
      caption: 'Until the last one is contained',
      untilSeconds: Math.ceil(contained * 1.15),
      named: ['arrived', 'floor', 'contained', 'told', 'ended'],
    },
    {
      id: 'burst-ended',
      caption: 'Until all is done',
      untilSeconds: Math.ceil(ended * 1.02),
      named: ['contained', 'told', 'ended'],
    },
  ] as const;
  return html`
    <div class="bursts">
      ${frames.map(
        ({ caption, ...frame }) => html`
        <figure>
          <figcaption>${caption}</figcaption>
          ${burstPicture(burst, { ...frame, width: 400, height: 236 })}
        </figure>`,
      )}
    </div>`;
};

/** Nothing where no burst was played. */
export const burstSection = (burst: BurstReport | undefined): Html => {
  if (!burst) return html``;
  const { events, bucket, calls } = burst;
  return html`
    <section aria-labelledby="burst">
      <h2 id="burst">A burst</h2>
      <p class="lede">${burstVerdict(burst)}</p>
      ${figures(burst)}
      ${pictures(burst)}
      <p>
        ${number(events.detections)} instances are found mining within one minute. Each detection comes five times, as AWS
        sends it: on the member’s and the administrator’s bus, through Security Hub on both, and updated. AWS throttles as it
        says it does: ${bucket.call} is admitted ${bucket.capacity} times at once and then ${bucket.perSecond} times a second,
        so ${number(bucket.needed)} instances take ${duration(bucket.floorSeconds * 1000)} at least. The dashed curve is that
        limit. ${number(calls.refused)} of ${number(calls.total)} calls were refused for want of room and made again.
      </p>
      ${checks(burst)}
    </section>`;
};
