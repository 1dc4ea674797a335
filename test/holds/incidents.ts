// What an incident does to the settings it wishes for: it contains, and then maybe releases; one process or two at once for each.
import type { Held, HoldRecord, Look, Release, ReleaseMode } from '../../functions/engine/hold.ts';
import * as protocolItself from '../../functions/engine/hold.ts';
import { readHold } from '../../functions/engine/hold.ts';
import { type Hands, type Process, processOf } from './scheduler.ts';
import { inert, note, nowhere, type Thing, violation, type World } from './world.ts';

/** The protocol under test: as it stands, or with a condition taken out. */
export type Protocol = Pick<typeof protocolItself, 'take' | 'write' | 'release' | 'holdKey' | 'foreseen'>;

export const protocol: Protocol = protocolItself;

export const original = 'o';

export interface Wish {
  readonly thing: Thing;
  readonly wanted: string;
}

export interface Incident {
  readonly name: string;
  readonly wishes: readonly Wish[];
  /** Undefined: it goes on holding. */
  readonly mode: ReleaseMode | undefined;
  /** How many processes run the same operation at once. */
  readonly containers: number;
  readonly releasers: number;
  readonly sturdy: boolean;
  /** Its settings were read before their records, as when it was planned. */
  readonly foresees: boolean;
  contained: number;
  released: number;
  releasing: boolean;
  /** How take ended, by setting. */
  readonly ends: Map<Thing, string>;
  readonly releases: Release[];
}

const heldOf = (hands: Hands, thing: Thing): Held => ({ setting: hands.setting(thing), id: thing.id, aws: nowhere });

/** The setting first, and then the record: the order that is worst for whoever reads both side by side. */
const lookAhead = async ({ foreseen }: Protocol, { tools }: Hands, held: Held): Promise<Look | undefined> => {
  const asked = tools.now();
  const value = await held.setting.read(held.aws, held.id);
  return foreseen(await readHold(tools, held), { asked, value });
};

const containing =
  (protocolUsed: Protocol, world: World, incident: Incident) =>
  async (hands: Hands): Promise<void> => {
    const taken = [];
    for (const { thing, wanted } of incident.wishes) {
      const held = heldOf(hands, thing);
      const first = incident.foresees ? await lookAhead(protocolUsed, hands, held) : undefined;
      if (first) note(world, 'foreseen');
      const end = await protocolUsed.take(hands.tools, held, incident.name, wanted, first);
      taken.push({ thing, end });
    }
    let failure: unknown;
    for (const { thing, end } of taken) {
      if (end.state !== 'held') continue;
      try {
        await protocolUsed.write(hands.tools, heldOf(hands, thing), incident.name, end);
      } catch (error) {
        // As in the engine, one change that fails doesn't stop the others.
        if (isOverdue(error)) note(world, 'overtaken');
        failure = isOverdue(error) ? (failure ?? error) : error;
      }
    }
    if (failure !== undefined) throw failure;
    for (const { thing, end } of taken) incident.ends.set(thing, end.state);
    incident.contained++;
  };

/**
 * Nothing was kept: whoever took the hold died before it was, and whoever came then wanted just what was there. A person looks and forces it. What was
 * kept never speaks against an original here, as nobody changes the ledger.
 */
const isUnconfirmed = (end: Release): boolean => {
  if (end.state !== 'doubted') return false;
  if (end.kept.length > 0) throw violation(`An original is contradicted that is one: ${JSON.stringify(end)}`);
  return true;
};

export const releasing =
  ({ release }: Protocol, world: World, incident: Incident, mode: ReleaseMode) =>
  async (hands: Hands): Promise<void> => {
    incident.releasing = true;
    for (const { thing } of incident.wishes) {
      const held = heldOf(hands, thing);
      const first = await release(hands.tools, held, incident.name, mode);
      const end = isUnconfirmed(first) ? await release(hands.tools, held, incident.name, 'force') : first;
      if (end !== first) note(world, 'unconfirmed');
      incident.releases.push(end);
      note(world, end.state);
    }
    incident.released++;
  };

const isOverdue = (error: unknown): boolean => error instanceof Error && error.message.includes('no longer holds');

const copies = (count: number, make: (copy: string) => Process): Process[] =>
  Array.from({ length: count }, (_, index) => make(index === 0 ? '' : "'"));

export const processesOf = (protocol: Protocol, world: World, incident: Incident, after: () => boolean): Process[] => {
  const { mode } = incident;
  const begun = { contain: false, release: false };
  // Two processes run an operation at once: the second may start as soon as the first has, and not when it's over.
  const contain = (copy: string): Process =>
    processOf(
      `${incident.name}${copy} contains`,
      async (hands) => {
        begun.contain = true;
        await containing(protocol, world, incident)(hands);
      },
      {
        mayStart: () => after() && (copy === '' || begun.contain),
        sturdy: incident.sturdy && incident.containers > 1,
        // A second process of it that comes late finds the incident released.
        expects: (error) => isOverdue(error) && incident.releasing,
      },
    );
  const release = (copy: string): Process =>
    processOf(
      `${incident.name}${copy} releases`,
      async (hands) => {
        begun.release = true;
        await releasing(protocol, world, incident, mode ?? 'restore')(hands);
      },
      {
        mayStart: () => (incident.contained > 0 || incident.containers === 0) && (copy === '' || begun.release),
        sturdy: incident.sturdy && incident.releasers > 1,
      },
    );
  return [...copies(incident.containers, contain), ...(mode ? copies(incident.releasers, release) : [])];
};

export const recordOf = (protocol: Protocol, world: World, thing: Thing): HoldRecord | undefined => {
  const held: Held = { setting: inert(world, thing), id: thing.id, aws: nowhere };
  return world.records.get(`holds/${protocol.holdKey(held)}`)?.value as HoldRecord | undefined;
};

export const thingOf = (id: string, settleSeconds: number, combines: boolean): Thing => ({
  id,
  settleSeconds,
  combines,
  past: [],
  value: original,
});

export const incidentOf = (
  name: string,
  of: Pick<Incident, 'wishes' | 'mode' | 'containers' | 'releasers' | 'sturdy'>,
  foresees = false,
): Incident => ({
  name,
  ...of,
  foresees,
  contained: 0,
  released: 0,
  releasing: false,
  ends: new Map(),
  releases: [],
});
