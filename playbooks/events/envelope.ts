// What every event on the bus has around its detail, and ids that are the same each time a scenario is played.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
import { createHash } from 'node:crypto';
import type { Json } from '../language/json.ts';

/** Where and when every event happens; each builder adds its own. */
export type Happening = {
  /** The victim's account. */
  readonly account: string;
  readonly region: string;
  /** 'aws' unless said otherwise. */
  readonly partition?: string;
  readonly at: Date;
  /** The account on whose bus the event arrives, where that is another: the administrator's. */
  readonly receivedIn?: string;
};

type Envelope = {
  readonly source: string;
  readonly detailType: string;
  readonly account: string;
  readonly region: string;
  readonly at: Date;
  readonly resources: readonly string[];
  readonly detail: Json;
};

export const envelope = ({ source, detailType, account, region, at, resources, detail }: Envelope): Json => ({
  version: '0',
  id: uuid(source, detailType, account, region, at.toISOString(), JSON.stringify(detail)),
  'detail-type': detailType,
  source,
  account,
  // EventBridge gives whole seconds.
  time: at.toISOString().replace(/\.\d+Z$/, 'Z'),
  region,
  resources,
  detail,
});

/** As many hexadecimal digits as asked for, always the same for the same parts. */
export const hex = (digits: number, ...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, digits);

export const uuid = (...parts: readonly string[]): string =>
  hex(32, ...parts).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

export const secondsBefore = (at: Date, seconds: number): string =>
  new Date(at.getTime() - seconds * 1000).toISOString();
