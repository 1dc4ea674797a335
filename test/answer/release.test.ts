// A release through the function URL: on record, carried out by its own workflow, once, however often it is asked for.
import { describe, expect, it } from 'vitest';
import { alice, bob, contained, waits } from './ground.ts';

const started = ({ practice }: Awaited<ReturnType<typeof contained>>) =>
  practice.world.calls
    .filter(({ command, input }) => command === 'StartExecution' && JSON.stringify(input).includes('-release-'))
    .map(({ outcome }) => outcome);

describe('a release', () => {
  it('puts everything back, and people hear of it', async () => {
    const staged = await contained();
    const { status, said } = await staged.say(alice, { do: 'release', incident: staged.id, mode: 'force' });
    expect([status, said]).toMatchObject([200, { release: { mode: 'force', by: alice } }]);
    expect(await staged.practice.releases()).toMatchObject([
      { status: 'SUCCEEDED', incident: { outcome: 'released' } },
    ]);
    expect(staged.practice.notices().at(-1)).toMatchObject({ happened: 'released' });
    expect(await staged.harm()).toBe(true);
  });

  it('asked for by several at once is one', async () => {
    const staged = await contained();
    const asked = { do: 'release', incident: staged.id, mode: 'force' };
    await staged.say(alice, asked);
    expect(await Promise.all([staged.say(bob, asked), staged.say(alice, asked)])).toMatchObject([
      { status: 200, said: { release: { by: alice } } },
      { status: 200, said: { release: { by: alice } } },
    ]);
    expect(await staged.practice.releases()).toHaveLength(1);
    expect((await staged.journal(staged.id)).filter(([step]) => step === 'release asked for')).toHaveLength(1);
    expect(await staged.say(alice, asked)).toMatchObject({
      status: 409,
      said: { error: expect.stringMatching(/holds nothing/) },
    });
  });

  it('that was asked for and never started is started by whoever asks again', async () => {
    const staged = await contained();
    const asked = { do: 'release', incident: staged.id, mode: 'force' };
    staged.practice.world.inject(({ command }) => (command === 'StartExecution' ? 'denied' : undefined));
    expect(await staged.say(alice, asked)).toMatchObject({
      status: 500,
      said: { error: expect.stringMatching(/^To release fb-\w+ was attempted.*send it again/) },
    });
    staged.practice.world.inject(undefined);
    expect(await staged.say(alice, asked)).toMatchObject({ status: 200 });
    expect(await staged.practice.releases()).toMatchObject([{ incident: { outcome: 'released' } }]);
    expect(started(staged).filter((outcome) => outcome === 'ok')).toHaveLength(1);
  });

  it('by force, after one that kept what is to stay, is another one', async () => {
    const staged = await contained();
    const asked = (mode: string) => ({ do: 'release', incident: staged.id, mode });
    const stands = async () => (await staged.practice.read(staged.id)).changes.map(({ state }) => state);
    await staged.say(alice, asked('restore'));
    await staged.practice.releases();
    expect(await stands()).toEqual(['kept']);
    expect((await staged.say(alice, asked('restore'))).status).toBe(200);
    await staged.practice.releases();
    expect((await staged.say(alice, asked('force'))).status).toBe(200);
    expect(await staged.practice.releases()).toHaveLength(3);
    expect(await stands()).toEqual(['released']);
  });

  it('in another way while one runs has to wait for its end', async () => {
    const staged = await contained();
    await staged.say(alice, { do: 'release', incident: staged.id, mode: 'restore' });
    await staged.practice.stage.wait(1);
    expect((await staged.practice.read(staged.id)).phase).toBe('releasing');
    expect(await staged.say(bob, { do: 'release', incident: staged.id, mode: 'force' })).toMatchObject({
      status: 409,
      said: { error: expect.stringMatching(/is being released by 'restore', as .*alice asked at/) },
    });
    expect(await staged.practice.releases()).toMatchObject([{ status: 'SUCCEEDED' }]);
    expect((await staged.practice.read(staged.id)).releaseRequest).toMatchObject({ mode: 'restore' });
  });

  it('of what waits has nothing to release', async () => {
    const staged = await waits();
    expect(await staged.say(alice, { do: 'release', incident: staged.id, mode: 'keep' })).toMatchObject({
      status: 409,
      said: { error: expect.stringMatching(/waits for an approval, and nothing has been changed: deny it/) },
    });
    await staged.ends;
    expect(await staged.practice.releases()).toEqual([]);
    expect(await staged.practice.read(staged.id)).toMatchObject({ outcome: 'expired', releaseRequest: null });
  });
});
