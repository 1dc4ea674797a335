// Virtual time as a picture. One logarithmic scale for all incidents, so that tenths of a second and minutes can be seen side by side.
import type { DrillResult, Run } from './drill-report.ts';
import { type Html, html } from './html.ts';
import { duration } from './words.ts';

const shortest = 100;
const ticks: readonly (readonly [number, string])[] = [
  [100, '0.1 s'],
  [1_000, '1 s'],
  [10_000, '10 s'],
  [60_000, '1 min'],
  [600_000, '10 min'],
  [3_600_000, '1 h'],
  [36_000_000, '10 h'],
];

/** From 0 to 1. */
const scale =
  (longest: number) =>
  (milliseconds: number): number =>
    Math.log(Math.max(milliseconds, shortest) / shortest) / Math.log(longest / shortest);

/** The first tick that lies behind everything that happened. */
export const longestOf = (results: readonly DrillResult[]): number => {
  const most = Math.max(
    shortest,
    ...results.flatMap(({ runs }) => runs.map(({ startedAt, endedAt }) => endedAt - startedAt)),
  );
  return ticks.find(([at]) => at > most * 1.2)?.[0] ?? most * 1.5;
};

type Mark = { readonly at: number; readonly what: string; readonly main: boolean };
export type Lane = { readonly title: string; readonly marks: readonly Mark[] };

const waited = (run: Run | undefined): number | undefined =>
  run?.steps.findLast(({ state }) => state === 'Preserve')?.at;

/** Once for the way to the outcome, and once for each release. */
export const lanesOf = ({ runs, times, evidence, outcome }: DrillResult): readonly Lane[] =>
  runs.map((run): Lane => {
    const { workflow, mode, startedAt, endedAt } = run;
    const took = endedAt - startedAt;
    if (workflow === 'release') {
      const title = mode === 'force' ? 'From the forced release' : 'From the release';
      return { title, marks: [{ at: took, what: 'verified', main: true }] };
    }
    const whole = evidence.every(({ state }) => state === 'complete');
    const grown = evidence.length > 0 ? waited(run) : undefined;
    return {
      title: 'From the event',
      marks: [
        ...(times.firstEffect === null ? [] : [{ at: times.firstEffect, what: 'first effect', main: true }]),
        ...(times.verified === null || times.verified === grown
          ? []
          : [{ at: times.verified, what: 'verified', main: true }]),
        ...(grown === undefined
          ? []
          : [{ at: grown, what: whole ? 'evidence complete' : 'evidence decided', main: false }]),
        ...(times.verified === null ? [{ at: took, what: outcome ?? 'ended', main: false }] : []),
      ],
    };
  });

type Scale = (at: number) => number;

const axis = (longest: number, position: Scale, bottom: number, every: number) =>
  ticks
    .filter(([at]) => at <= longest)
    .map(([at, name], index) => {
      const x = position(at);
      return html`
        <line class="tick" x1="${x}" x2="${x}" y1="24" y2="${bottom}"/>
        ${index % every === 0 && html`<text class="axis" x="${x}" y="${bottom + 14}">${name}</text>`}`;
    });

/** Labels stand above and below in turn, at the side where there is room. */
const label = ({ at, what }: Mark, index: number, x: number, y: number, width: number) => {
  const anchor = x > width * 0.72 ? 'end' : x < width * 0.12 ? 'start' : 'middle';
  return html`
    <text class="mark-name" text-anchor="${anchor}" x="${x}" y="${index % 2 === 0 ? y - 11 : y + 20}">
      <tspan class="when">${duration(at)}</tspan> ${what}
    </text>`;
};

const line = (kind: string, from: number, to: number, y: number) =>
  html`<line class="${kind}" x1="${from}" x2="${to}" y1="${y}" y2="${y}"/>`;

const dot = ({ main }: Mark, x: number, y: number, radius: number) =>
  html`<circle class="mark ${main ? 'main' : 'other'}" cx="${x}" cy="${y}" r="${radius}"/>`;

const lastOf = (marks: readonly Mark[]): number => Math.max(0, ...marks.map(({ at }) => at));

const said = (lanes: readonly Lane[]): string =>
  lanes
    .map(({ title, marks }) => `${title}: ${marks.map(({ at, what }) => `${what} after ${duration(at)}`).join(', ')}`)
    .join('. ');

const laneHeight = 62;

type Frame = { readonly id: string; readonly longest: number; readonly width: number };

/** The incident's time line, drawn for one width: a picture that is merely scaled down can't be read on a phone. */
export const timeline = (lanes: readonly Lane[], { id, longest, width }: Frame): Html => {
  const left = 6;
  const right = width - 26;
  const height = lanes.length * laneHeight + 24;
  const share = scale(longest);
  const position: Scale = (at) => Math.round((left + share(at) * (right - left)) * 10) / 10;
  const drawn = lanes.map(({ title, marks }, index) => {
    const y = index * laneHeight + 40;
    return html`
      ${line('track', left, right, y)}
      ${line('span', left, position(lastOf(marks)), y)}
      <line class="zero" x1="${left}" x2="${left}" y1="${y - 6}" y2="${y + 6}"/>
      <text class="lane" x="${left}" y="${y - 27}">${title}</text>
      ${marks.map((mark, at) => [dot(mark, position(mark.at), y, 4.5), label(mark, at, position(mark.at), y, width)])}`;
  });
  return html`
    <svg
      class="timeline"
      viewBox="0 0 ${width} ${height}"
      width="${width}"
      height="${height}"
      role="img"
      aria-labelledby="${id}-title ${id}-description">
      <title id="${id}-title">Time line, logarithmic</title>
      <desc id="${id}-description">${said(lanes)}.</desc>
      ${axis(longest, position, height - 20, width < 500 ? 2 : 1)}
      ${drawn}
    </svg>`;
};

/** The way to the outcome as one line of a table, on the same scale. The figures stand beside it. */
export const sparkline = (result: DrillResult, longest: number): Html => {
  const width = 150;
  const share = scale(longest);
  const position: Scale = (at) => Math.round((4 + share(at) * (width - 8)) * 10) / 10;
  const marks = lanesOf(result)[0]?.marks ?? [];
  return html`
    <svg class="timeline spark" viewBox="0 0 ${width} 16" width="${width}" height="16" aria-hidden="true">
      ${line('track', 4, width - 4, 8)}
      ${line('span', 4, position(lastOf(marks)), 8)}
      ${marks.map((mark) => dot(mark, position(mark.at), 8, 3.5))}
    </svg>`;
};
