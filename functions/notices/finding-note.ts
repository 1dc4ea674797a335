// The note on a finding in Security Hub: what it says, which go into one call, and how our own is recognised. Pure.
import type { Finding } from '../../playbooks/language/finding.ts';
import type { Place } from '../../playbooks/language/resource.ts';
import type { Incident } from '../engine/incident.ts';
import { forNote } from './encode.ts';
import { happenedBy, heads } from './happened.ts';

/** What is to be written on one finding. Waits in a queue until it goes into a call with others like it. */
export type FindingNote = Place & {
  readonly id: string;
  readonly productArn: string;
  readonly incident: string;
  readonly text: string;
  /** RESOLVED only where the control itself was repaired; otherwise that is a person's to say. */
  readonly workflow: 'NOTIFIED' | 'RESOLVED' | null;
};

/** One call: it carries one note, one workflow status and one set of fields. */
export type NoteBatch = Pick<FindingNote, 'partition' | 'account' | 'region' | 'text' | 'workflow'> & {
  readonly notes: readonly FindingNote[];
};

export const noteBy = 'firebreak';
export const incidentField = 'firebreak:incident';

/** https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Note.html */
const noteMax = 512;
/** https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchUpdateFindings.html */
const findingsMax = 100;
const fieldMax = 1024;

const restorable = 'Original values are on record, and a release puts them back.';
const where = `The incident stands in this finding's field ${incidentField}: firebreak show INCIDENT.`;

/**
 * What Firebreak says on the finding. Where it came out as it should, the words hold for every finding of that playbook and outcome, so that
 * a hundred of them go into one call; where it did not, the reason matters more.
 */
const textFor = ({ outcome, playbook, reason, changes }: Incident): string => {
  const happened = happenedBy(outcome);
  const name = /^[a-z0-9-]{1,64}$/.test(playbook) ? playbook : 'unknown playbook';
  const begin = `Firebreak, ${name}: ${heads[happened]}.`;
  const plain = ['contained', 'preserved', 'asked', 'planned', 'released', 'denied', 'expired'].includes(happened);
  const middle = plain
    ? happened === 'contained' && changes.length > 0
      ? restorable
      : ''
    : forNote(reason.slice(0, noteMax).toWellFormed());
  const room = noteMax - begin.length - where.length - 2;
  // An encoder makes a text longer, never shorter.
  const fitting = middle.length <= room ? middle : `${middle.slice(0, room - 1)}…`.toWellFormed();
  return [begin, fitting, where].filter((part) => part !== '').join(' ');
};

/** The note for an incident's finding, where it came through Security Hub. `repaired` says that the control now passes. */
export const noteFor = (
  { id, finding, outcome, ...rest }: Incident,
  { repaired = false }: { readonly repaired?: boolean } = {},
): FindingNote | undefined => {
  if (!finding?.hub) return undefined;
  const contained = outcome === 'contained' || outcome === 'partly-contained';
  return {
    partition: finding.partition,
    account: finding.account,
    region: finding.region,
    id: finding.id,
    productArn: finding.hub.productArn,
    incident: id,
    text: textFor({ id, finding, outcome, ...rest }),
    workflow: contained ? (repaired && outcome === 'contained' ? 'RESOLVED' : 'NOTIFIED') : null,
  };
};

const keyOf = ({ account, region, productArn, id }: FindingNote): string => `${account} ${region} ${productArn} ${id}`;

export const incidentsOf = (notes: readonly FindingNote[]): string =>
  [...new Set(notes.map(({ incident }) => incident))].join(' ');

/** As many as go into one call: a hundred findings, and a field that names all their incidents. */
const chunks = (notes: readonly FindingNote[]): readonly (readonly FindingNote[])[] => {
  const full: FindingNote[][] = [];
  for (const note of notes) {
    const last = full.at(-1);
    if (last && last.length < findingsMax && incidentsOf([...last, note]).length <= fieldMax) last.push(note);
    else full.push([note]);
  }
  return full;
};

/** Pure. Of several notes on one finding the last stands, as it would on Security Hub; equal ones go together. */
export const batchesOf = (queued: readonly FindingNote[]): readonly NoteBatch[] => {
  const last = [...new Map(queued.map((note) => [keyOf(note), note])).values()];
  const groups = Map.groupBy(last, ({ account, region, text, workflow }) => `${account} ${region} ${workflow} ${text}`);
  return [...groups.values()].flatMap((notes) =>
    // Those of one incident stand beside each other, so that most calls name one incident only.
    chunks(notes.toSorted((a, b) => (a.incident < b.incident ? -1 : a.incident > b.incident ? 1 : 0))).flatMap(
      (some) => {
        const [first] = some;
        if (!first) return [];
        const { partition, account, region, text, workflow } = first;
        return [{ partition, account, region, text, workflow, notes: some }];
      },
    ),
  );
};

/**
 * Whether an event is nothing but the echo of our own note: Security Hub sends one for every update. It is none when the detector saw
 * something since (our update leaves `UpdatedAt` alone), when a person chose the finding, or when our two marks aren't both there.
 * Whoever may write notes can write these marks, so who ignores an echo first finds the incident in the ledger, on this finding.
 */
export const isOwnEcho = ({ channel, updatedAt, hub }: Pick<Finding, 'channel' | 'updatedAt' | 'hub'>): boolean =>
  channel === 'securityhub-imported' &&
  hub?.note?.by === noteBy &&
  hub.note.incidents.length > 0 &&
  Date.parse(updatedAt) <= Date.parse(hub.note.at);
