// Looking through the function URL: what is on record, bounded in size and harmless, and the workflow's token nowhere.
import { describe, expect, it } from 'vitest';
import type { Json } from '../../playbooks/language/json.ts';
import { alice, contained, name, waits } from './ground.ts';

describe('show', () => {
  it('says what waits, with the plan that an approval binds to', async () => {
    const staged = await waits();
    const { status, said } = await staged.say(alice, { do: 'show', incident: staged.id });
    const { question, plan } = staged.incident;
    expect(status).toBe(200);
    expect(said).toMatchObject({
      incident: staged.id,
      playbook: name,
      phase: 'waiting',
      waiting: {
        hash: plan?.hash,
        answerBy: question?.answerBy,
        otherwise: 'deny',
        said: expect.stringMatching(/Unless somebody answers by/),
      },
      approval: null,
      left: {},
      broken: null,
    });
    expect(said.changes).toMatchObject([{ setting: expect.any(String), from: expect.any(String), state: 'planned' }]);
    const asked = { do: 'approve', incident: staged.id, hash: (said.waiting as { hash: string }).hash };
    expect((await staged.say(alice, asked)).status).toBe(200);
    await staged.ends;
  });

  it('tells nobody the workflow’s token, whatever is asked for', async () => {
    const staged = await waits();
    const token = staged.incident.question?.token ?? '';
    const all: unknown[] = [];
    for (const asked of [
      { do: 'show', incident: staged.id },
      { do: 'incidents' },
      { do: 'approve', incident: staged.id },
      { do: 'approve', incident: staged.id },
      { do: 'deny', incident: staged.id },
    ])
      all.push(await staged.say(alice, asked));
    await staged.ends;
    all.push(await staged.say(alice, { do: 'show', incident: staged.id }));
    expect(token).not.toBe('');
    expect(JSON.stringify(all)).not.toContain(token);
  });

  it('says what is contained, by whom it was asked for, and the end of the journal', async () => {
    const { say, id } = await contained();
    const { said } = await say(alice, { do: 'show', incident: id });
    expect(said).toMatchObject({ outcome: 'contained', waiting: null, releaseRequest: null });
    expect(said.changes).toMatchObject([{ state: 'verified' }]);
    expect((said.journal as { step: string }[]).map(({ step }) => step)).toContain('opened');
  });

  it('stays small and harmless, whatever the record holds, and says what it leaves out', async () => {
    const staged = await contained();
    const entry = await staged.practice.ledger.read('incidents', staged.id);
    const record = entry?.value as { readonly [key: string]: Json };
    const long = `\u001b[2J${'\u{1F525}'.repeat(20_000)}\n`;
    const [change] = record.changes as readonly { readonly [key: string]: Json }[];
    const large = {
      ...record,
      reason: long,
      because: long,
      drift: Array.from({ length: 500 }, () => long),
      changes: Array.from({ length: 500 }, () => ({ ...change, id: long, note: long, fromSaid: long, from: long })),
    };
    await staged.practice.ledger.write('incidents', staged.id, large as Json, entry?.version ?? 0);
    for (const asked of [{ do: 'show', incident: staged.id }, { do: 'incidents' }]) {
      const { statusCode, body } = await staged.practice.call(alice, asked);
      expect(statusCode).toBe(200);
      expect(Buffer.byteLength(body)).toBeLessThan(1_000_000);
      expect(body).not.toContain('\\u001b');
    }
    const { said } = await staged.say(alice, { do: 'show', incident: staged.id });
    expect(said.changes).toHaveLength(100);
    expect(said.left).toEqual({ changes: 400, drift: 400 });
  });

  it('says that the journal was altered', async () => {
    const staged = await contained();
    const [first] = await staged.practice.ledger.list('journal', staged.id);
    const block = structuredClone(first?.value) as { entries: { result: string }[] };
    for (const one of block.entries) one.result = 'nothing';
    await staged.practice.ledger.write('journal', first?.key ?? '', block as unknown as Json, first?.version ?? 0);
    const { said } = await staged.say(alice, { do: 'show', incident: staged.id });
    expect(said.broken).toMatch(/block 1 of \d+ was altered/);
  });
});

describe('incidents', () => {
  const filled = async () => {
    const staged = await waits();
    const template = await staged.practice.read(staged.id);
    for (let count = 0; count < 250; count++) {
      const id = `fb-${count.toString(16).padStart(12, '0')}`;
      const openedAt = new Date(Date.parse(template.openedAt) + count * 1000).toISOString();
      const one = { ...template, id, openedAt, phase: 'holding', outcome: 'contained' };
      await staged.practice.ledger.write('incidents', id, one as unknown as Json, 0);
    }
    return staged;
  };

  it('lists what waits first, then the newest, so many and no more', async () => {
    const staged = await filled();
    const list = async (more = {}) => (await staged.say(alice, { do: 'incidents', ...more })).said;
    const ids = (said: Record<string, unknown>) =>
      (said.incidents as { incident: string }[]).map((one) => one.incident);
    const first = await list();
    expect([ids(first).length, first.total]).toEqual([50, 251]);
    expect(ids(first).slice(0, 3)).toEqual([staged.id, 'fb-0000000000f9', 'fb-0000000000f8']);
    expect(ids(await list({ limit: 200 }))).toHaveLength(200);
    expect(await staged.say(alice, { do: 'incidents', limit: 201 })).toMatchObject({ status: 400 });
    await staged.ends;
  });
});
