// A burst as curves: how many by when. Each curve is told apart by its dashes and by the words at it, not by colour alone.
import type { BurstReport } from './burst-report.ts';
import { type Html, html } from './html.ts';
import { duration } from './words.ts';

type Kind = 'arrived' | 'floor' | 'contained' | 'told' | 'ended';

type Curve = {
  readonly kind: Kind;
  readonly name: string;
  readonly counts: readonly number[];
};

type Frame = {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly untilSeconds: number;
  /** The curves that have their name beside them: where two run close there is no room for both. */
  readonly named: readonly Kind[];
};

const left = 44;
const top = 14;
const bottom = 30;

/** The widest round step of which at most six fit in. */
const roundStep = (most: number): number =>
  [10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200].find((step) => most / step <= 6) ?? Math.ceil(most / 6);

const rounded = (value: number): number => Math.round(value * 10) / 10;

const scales = ({ width, height, untilSeconds }: Frame, most: number, right: number) => ({
  x: (seconds: number) => rounded(left + (seconds / untilSeconds) * (width - left - right)),
  y: (count: number) => rounded(top + (1 - count / most) * (height - top - bottom)),
});

type Scales = ReturnType<typeof scales>;

/** Only the points at which something changes, so that the page stays small. */
const pathOf = ({ counts }: Curve, step: number, untilSeconds: number, { x, y }: Scales): string => {
  const shown = counts.slice(0, Math.floor(untilSeconds / step) + 1);
  return shown
    .flatMap((count, index) => {
      const same = index > 0 && index < shown.length - 1 && count === shown[index - 1] && count === shown[index + 1];
      return same ? [] : [`${x(index * step)},${y(count)}`];
    })
    .join(' ');
};

const grid = (frame: Frame, most: number, { x, y }: Scales): Html => {
  const { height, untilSeconds } = frame;
  const step = roundStep(untilSeconds);
  const times = Array.from({ length: Math.floor(untilSeconds / step) + 1 }, (_, index) => index * step);
  const counts = [0, most / 2, most];
  return html`
    ${counts.map(
      (count) => html`
      <line class="tick" x1="${left}" x2="${x(untilSeconds)}" y1="${y(count)}" y2="${y(count)}"/>
      <text class="axis count" x="${left - 7}" y="${y(count) + 4}">${Math.round(count).toLocaleString('en')}</text>`,
    )}
    ${times.map(
      (time) => html`
      <line class="tick" x1="${x(time)}" x2="${x(time)}" y1="${y(0)}" y2="${y(0) + 4}"/>
      <text class="axis" x="${x(time)}" y="${height - 8}">${time === 0 ? '0' : duration(time * 1000).replace('.0', '')}</text>`,
    )}`;
};

/** Beside its curve, where the curves are apart. Left of a curve there is none that comes later. */
const labelOf = (curve: Curve, level: number, step: number, frame: Frame, { x, y }: Scales): Html => {
  const index = curve.counts.findIndex((count) => count >= level);
  const seconds = Math.min(frame.untilSeconds, (index < 0 ? curve.counts.length : index) * step);
  const count = curve.counts[Math.round(seconds / step)] ?? level;
  const at = x(seconds);
  const onLeft = curve.kind === 'floor' || at > frame.width * 0.6;
  return html`<text class="name ${curve.kind}" text-anchor="${onLeft ? 'end' : 'start'}" x="${at + (onLeft ? -8 : 8)}" y="${y(count) + (onLeft ? -4 : 4)}">${curve.name}</text>`;
};

/** Small enough that its words can still be read where a phone scales it down. */
export const burstPicture = ({ curve, events, bucket, seconds }: BurstReport, frame: Frame): Html => {
  const { id, width, height, untilSeconds, named } = frame;
  const { stepSeconds: step } = curve;
  const most = events.detections;
  const scale = scales(frame, most, 24);
  const curves: readonly (Curve & { readonly level: number })[] = [
    { kind: 'arrived', name: 'detected', counts: curve.arrived, level: most * 0.9 },
    { kind: 'floor', name: 'as AWS admits', counts: curve.floor, level: most * 0.62 },
    { kind: 'contained', name: 'contained', counts: curve.contained, level: most * 0.42 },
    { kind: 'told', name: 'verified and told', counts: curve.told, level: most * 0.27 },
    { kind: 'ended', name: 'protected too', counts: curve.ended, level: most * 0.14 },
  ];
  const description =
    `${most.toLocaleString('en')} detections within ${events.withinSeconds} s. AWS admits ${bucket.call} ${bucket.capacity} times at once and ` +
    `${bucket.perSecond} times a second, so the last can be contained after ${duration(bucket.floorSeconds * 1000)}; it was after ` +
    `${duration(seconds.contained * 1000)}. All were verified and told after ${duration(seconds.told * 1000)}, and protected as well after ` +
    `${duration(seconds.ended * 1000)}.`;
  return html`
    <svg
      class="burst"
      viewBox="0 0 ${width} ${height}"
      width="${width}"
      height="${height}"
      role="img"
      aria-labelledby="${id}-title ${id}-description">
      <title id="${id}-title">How many by when</title>
      <desc id="${id}-description">${description}</desc>
      ${grid(frame, most, scale)}
      ${curves.map((one) => html`<polyline class="curve ${one.kind}" points="${pathOf(one, step, untilSeconds, scale)}"/>`)}
      ${curves.filter(({ kind }) => named.includes(kind)).map((one) => labelOf(one, one.level, step, frame, scale))}
    </svg>`;
};
