// The kill switch: in force within 5 s, and unknown is never on.
import { describe, expect, it } from 'vitest';
import { defineConfig, type Mode } from '../../functions/rails/config.ts';
import { cachedSwitch, switchRail, switchState } from '../../functions/rails/switch.ts';

const config = defineConfig({});

const turned = (first: Mode | Error) => {
  let position: Mode | Error = first;
  let milliseconds = 0;
  let reads = 0;
  const now = () => new Date(milliseconds);
  const read = cachedSwitch(async () => {
    reads++;
    if (position instanceof Error) throw position;
    return position;
  }, now);
  return {
    read,
    turn: (to: Mode | Error) => {
      position = to;
    },
    pass: (by: number) => {
      milliseconds += by;
    },
    reads: () => reads,
  };
};

describe('cached', () => {
  it('for less than 5 s, and no longer', async () => {
    const { read, turn, pass, reads } = turned('on');
    expect(await read()).toBe('on');
    turn('off');
    pass(4999);
    expect(await read()).toBe('on');
    pass(1);
    expect(await read()).toBe('off');
    expect(reads()).toBe(2);
  });

  it('a failed read is not kept', async () => {
    const { read, turn } = turned(new Error('AccessDenied'));
    await expect(read()).rejects.toThrow('AccessDenied');
    turn('observe');
    expect(await read()).toBe('observe');
  });

  it('those who ask at once ask once', async () => {
    const { read, reads } = turned('on');
    await Promise.all([read(), read(), read()]);
    expect(reads()).toBe(1);
  });
});

describe('what it says', () => {
  it.each([
    ['on', undefined],
    ['observe', 'plan'],
    ['off', 'tell'],
  ] as const)('%s', async (position, how) => {
    const state = await switchState(config, async () => position);
    expect(switchRail(state)[0]?.do).toBe(how);
  });

  it('what cannot be read, or makes no sense, asks a person', async () => {
    const failing = await switchState(config, async () => {
      throw new Error('ParameterNotFound');
    });
    expect(switchRail(failing)).toMatchObject([{ do: 'ask', reason: expect.stringContaining('ParameterNotFound') }]);
    const senseless = await switchState(config, async () => 'On' as Mode);
    expect(switchRail(senseless)).toMatchObject([
      { do: 'ask', reason: expect.stringContaining("'On' is no position") },
    ]);
  });

  it('where there is none to turn, the configuration counts', async () => {
    expect(await switchState(config, undefined)).toBe('observe');
  });
});
