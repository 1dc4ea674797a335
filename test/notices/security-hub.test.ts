// Notes on findings: as few calls as they go into, no failure overlooked, our own echo recognised and nobody else's.
import { BatchImportFindingsCommand, GetFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { describe, expect, it } from 'vitest';
import { clientsFrom } from '../../functions/adapters/clients.ts';
import type { Engine } from '../../functions/engine/engine.ts';
import type { Incident } from '../../functions/engine/incident.ts';
import { noteHandler } from '../../functions/note.ts';
import {
  batchesOf,
  type FindingNote,
  incidentField,
  isOwnEcho,
  noteFor,
} from '../../functions/notices/finding-note.ts';
import { type NoteTools, writeNotes } from '../../functions/notices/security-hub.ts';
import { readEvent } from '../../functions/sources/read-event.ts';
import { awsError } from '../../gameday/account/errors.ts';
import { securityHub } from '../../gameday/account/securityhub.ts';
import { services } from '../../gameday/account/services.ts';
import { createWorld, type World } from '../../gameday/account/world.ts';
import type { Finding } from '../../playbooks/language/finding.ts';
import { incident } from './fixture.ts';

const place = { partition: 'aws', account: '111122223333', region: 'eu-central-1' };
const productArn = 'arn:aws:securityhub:eu-central-1::product/aws/guardduty';
const contained: Incident = { ...incident, phase: 'holding', outcome: 'contained', reason: 'All is verified.' };

const note = (finding: number, more: Partial<FindingNote> = {}): FindingNote => ({
  ...place,
  id: `finding-${finding}`,
  productArn,
  incident: `fb-${String(finding).padStart(12, '0')}`,
  text: 'Firebreak, isolate-instance: Contained.',
  workflow: 'NOTIFIED',
  ...more,
});
const notes = (count: number): readonly FindingNote[] => Array.from({ length: count }, (_, i) => note(i));

describe('the note', () => {
  it('says the same of every finding that came out as it should', () => {
    const one = noteFor(contained);
    const other = noteFor({ ...contained, id: 'fb-ba9876543210', reason: 'something else' });
    expect(one?.text).toBe(other?.text);
    expect(one).toMatchObject({ workflow: 'NOTIFIED', productArn, region: 'eu-central-1', incident: incident.id });
    expect(one?.text).toMatch(/^Firebreak, isolate-instance: Contained\. .* firebreak show INCIDENT\.$/);
  });

  it('says the reason where it did not, within 512 characters', () => {
    const failed = noteFor({ ...contained, outcome: 'failed', reason: `UnauthorizedOperation ${'x'.repeat(2_000)}` });
    expect(failed?.text).toContain('UnauthorizedOperation');
    expect(failed?.text).toHaveLength(512);
    expect(failed?.workflow).toBeNull();
  });

  it('is RESOLVED only where the control was repaired, and contained', () => {
    expect(noteFor(contained, { repaired: true })?.workflow).toBe('RESOLVED');
    expect(noteFor({ ...contained, outcome: 'partly-contained' }, { repaired: true })?.workflow).toBe('NOTIFIED');
    for (const outcome of ['released', 'failed', 'waiting', 'planned', 'refused'] as const)
      expect(noteFor({ ...contained, outcome }, { repaired: true })?.workflow).toBeNull();
  });

  it('is for findings that came through Security Hub', () => {
    const { hub: _, ...direct } = incident.finding as Finding;
    expect(noteFor({ ...contained, finding: direct })).toBeUndefined();
    expect(noteFor({ ...contained, finding: null })).toBeUndefined();
  });
});

describe('batches', () => {
  it('2,000 findings with one note each go into far fewer calls than 100, and none is lost', () => {
    const batches = batchesOf(notes(2_000));
    expect(batches.length).toBeLessThanOrEqual(35);
    expect(batches.flatMap((batch) => batch.notes)).toHaveLength(2_000);
    for (const batch of batches) {
      expect(batch.notes.length).toBeLessThanOrEqual(100);
      expect(batch.notes.map(({ incident: id }) => id).join(' ').length).toBeLessThanOrEqual(1_024);
    }
  });

  it('findings of one incident fill a call', () => {
    expect(batchesOf(notes(250).map((one) => ({ ...one, incident: 'fb-000000000001' })))).toHaveLength(3);
  });

  it('never mixes notes, statuses, accounts or Regions', () => {
    const mixed = [
      note(1),
      note(2, { text: 'another' }),
      note(3, { workflow: null }),
      note(4, { region: 'eu-west-1' }),
      note(5, { account: '444455556666' }),
    ];
    expect(batchesOf(mixed).map((batch) => batch.notes.length)).toEqual([1, 1, 1, 1, 1]);
  });

  it('of two notes on one finding the later stands', () => {
    const [batch, ...rest] = batchesOf([note(1, { text: 'Waits.' }), note(1, { text: 'Contained.' })]);
    expect(rest).toEqual([]);
    expect(batch).toMatchObject({ text: 'Contained.', notes: [{ id: 'finding-1' }] });
  });
});

const start = new Date('2026-11-02T03:04:05.000Z');
/** An account whose Security Hub can be made to answer so. */
const hub = async (
  count: number,
  unprocessed?: (call: number, ids: readonly string[]) => readonly { id: string; code: string }[],
) => {
  let calls = 0;
  const update = securityHub.BatchUpdateFindings;
  if (!update) throw new Error('not modelled');
  const models = {
    ...services,
    SecurityHub: {
      ...securityHub,
      BatchUpdateFindings: (input: { FindingIdentifiers: { Id: string; ProductArn: string }[] }, request: never) => {
        const left =
          unprocessed?.(
            ++calls,
            input.FindingIdentifiers.map(({ Id }) => Id),
          ) ?? [];
        const answer = update(
          {
            ...input,
            FindingIdentifiers: input.FindingIdentifiers.filter(({ Id }) => !left.some(({ id }) => id === Id)).concat([
              { Id: 'none', ProductArn: productArn },
            ]),
          } as never,
          request,
        ) as { ProcessedFindings: object[] };
        return {
          ProcessedFindings: answer.ProcessedFindings,
          UnprocessedFindings: left.map(({ id, code }) => ({
            FindingIdentifier: { Id: id, ProductArn: productArn },
            ErrorCode: code,
            ErrorMessage: `said ${code}`,
          })),
        };
      },
    },
  };
  const world: World = createWorld({ seed: 1, start, latency: 'none', models: models as never });
  const session = world.session('notes');
  const aws = clientsFrom({
    configure: ({ account, region }) => session.configure(account, region),
    plugins: ({ account, region }) => [session.plugin(account, region) as never],
  });
  const tools: NoteTools = { aws: (where) => aws(where, 'notes', 'write') };
  const client = tools.aws(place)(SecurityHubClient);
  const Findings = Array.from({ length: count }, (_, i) => ({
    SchemaVersion: '2018-10-08',
    Id: `finding-${i}`,
    ProductArn: productArn,
    GeneratorId: 'x',
    AwsAccountId: place.account,
    Types: ['TTPs/x'],
    CreatedAt: '2026-11-02T03:00:00.000Z',
    UpdatedAt: '2026-11-02T03:00:00.000Z',
    Severity: { Label: 'HIGH' as const },
    Title: 'x',
    Description: 'x',
    Resources: [{ Type: 'AwsEc2Instance', Id: 'i-0123456789abcdef0' }],
  }));
  if (count > 0) await client.send(new BatchImportFindingsCommand({ Findings }));
  const findings = async () => (await client.send(new GetFindingsCommand({ MaxResults: 100 }))).Findings ?? [];
  return { world, tools, findings };
};

describe('writing', () => {
  it('writes note, field and status, and leaves UpdatedAt alone', async () => {
    const { tools, findings } = await hub(2);
    expect(await writeNotes(tools, notes(2))).toEqual({ written: 2, calls: 1, unwritten: [] });
    expect(await findings()).toMatchObject([
      {
        Note: { Text: 'Firebreak, isolate-instance: Contained.', UpdatedBy: 'firebreak' },
        UserDefinedFields: { [incidentField]: 'fb-000000000000 fb-000000000001' },
        Workflow: { Status: 'NOTIFIED' },
        UpdatedAt: '2026-11-02T03:00:00.000Z',
      },
      {},
    ]);
  });

  it.each(['InvalidInput', 'FindingSizeExceeded', 'ConcurrentUpdateError', 'FindingNotFound'])(
    '%s is answered, for the queue to give it out once more',
    async (code) => {
      const { tools } = await hub(2, () => [{ id: 'finding-0', code }]);
      expect(await writeNotes(tools, notes(2))).toMatchObject({ written: 1, calls: 1, unwritten: [{ code }] });
    },
  );

  it('a call that AWS refuses leaves none of its findings out, and the other calls go on', async () => {
    const { tools, world } = await hub(2, (_call, ids) => {
      if (ids.includes('finding-0')) throw awsError('AccessDeniedException', 'No.', 403);
      return [];
    });
    const result = await writeNotes(tools, [note(0), note(1, { text: 'another' })]);
    expect(result).toMatchObject({
      written: 1,
      calls: 2,
      unwritten: [{ note: { id: 'finding-0' }, code: 'AccessDeniedException' }],
    });
    expect(world.defects).toEqual([]);
  });
});

describe('the function that the queue feeds', () => {
  const fed = async (count: number, unprocessed?: Parameters<typeof hub>[1]) => {
    const { tools, findings, world } = await hub(count, unprocessed);
    const said: string[] = [];
    const engine = { aws: tools.aws, report: ({ text }: { text: string }) => said.push(text) } as unknown as Engine;
    return { write: noteHandler(engine), findings, world, said };
  };
  const message = (one: FindingNote) => ({ messageId: `message of ${one.id}`, body: JSON.stringify(one) });

  it('writes all, in one call, and keeps nothing in the queue', async () => {
    const { write, world } = await fed(3);
    expect(await write({ Records: notes(3).map(message) })).toEqual({ batchItemFailures: [] });
    expect(world.calls.filter(({ command }) => command === 'BatchUpdateFindings')).toHaveLength(1);
  });

  it('leaves to the queue what AWS left undone, and says what AWS said', async () => {
    const { write, said } = await fed(3, () => [{ id: 'finding-1', code: 'ConcurrentUpdateError' }]);
    expect(await write({ Records: notes(3).map(message) })).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message of finding-1' }],
    });
    expect(said).toEqual(['not written on finding-1: ConcurrentUpdateError: said ConcurrentUpdateError']);
  });

  it('leaves a message to the queue that nobody can read, and writes the others', async () => {
    const { write, findings } = await fed(1);
    const Records = [{ messageId: 'garbled', body: '{' }, { messageId: 'other', body: '{"id":1}' }, message(note(0))];
    expect(await write({ Records })).toEqual({
      batchItemFailures: [{ itemIdentifier: 'garbled' }, { itemIdentifier: 'other' }],
    });
    expect(await findings()).toMatchObject([{ Note: { UpdatedBy: 'firebreak' } }]);
  });
});

describe('our own echo', () => {
  const at = '2026-11-02T03:05:00.000Z';
  const seen: Pick<Finding, 'channel' | 'updatedAt' | 'hub'> = {
    channel: 'securityhub-imported',
    updatedAt: '2026-11-02T03:00:00.000Z',
    hub: { productArn, note: { by: 'firebreak', at, incidents: ['fb-000000000001'] } },
  };

  it('is recognised', () => expect(isOwnEcho(seen)).toBe(true));

  it.each([
    ['the detector saw something since', { ...seen, updatedAt: '2026-11-02T03:05:01.000Z' }],
    [
      'somebody else wrote the last note',
      { ...seen, hub: { productArn, note: { by: 'oncall', at, incidents: ['fb-000000000001'] } } },
    ],
    ['no incident is named', { ...seen, hub: { productArn, note: { by: 'firebreak', at, incidents: [] } } }],
    ['a person chose it', { ...seen, channel: 'securityhub-custom-action' as const }],
    ['it has no note', { ...seen, hub: { productArn } }],
    ['it did not come through Security Hub', { channel: 'guardduty' as const, updatedAt: seen.updatedAt }],
  ])('is none when %s', (_name, other) => expect(isOwnEcho(other)).toBe(false));

  it('survives the way through Security Hub and back, and ends when GuardDuty sees more', async () => {
    const { tools, findings } = await hub(1);
    await writeNotes(tools, notes(1));
    const [raw] = await findings();
    const read = (asff: object) => {
      const event = {
        id: 'e',
        source: 'aws.securityhub',
        'detail-type': 'Security Hub Findings - Imported',
        account: place.account,
        region: place.region,
        time: at,
        detail: { findings: [asff] },
      };
      const reading = readEvent(event);
      if ('unreadable' in reading) throw new Error(reading.unreadable);
      const [found] = reading.findings;
      if (!found) throw new Error('no finding');
      return found;
    };
    expect(isOwnEcho(read({ ...raw }))).toBe(true);
    expect(isOwnEcho(read({ ...raw, UpdatedAt: '2027-01-01T00:00:00.000Z' }))).toBe(false);
    expect(read({ ...raw, UserDefinedFields: { [incidentField]: '../../x fb-1 DROP' } }).hub?.note?.incidents).toEqual(
      [],
    );
  });
});
