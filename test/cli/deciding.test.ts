// What counts as decided where nobody could be asked: what would be refused now may be let through by the time it is carried out.
import { expect, it } from 'vitest';
import { decide } from '../../cli/deciding.ts';
import type { Draft, Intent } from '../../cli/draft.ts';
import type { Undertaking } from '../../cli/undertaking.ts';

const intent = { disposition: 'contain', eventRails: [], way: 'by hand' } as unknown as Intent;
const refused = {
  intent,
  open: undefined,
  planning: { refused: 'There is nothing to contain.' },
  rails: [],
  far: 'contain',
  reason: '',
  plannedAt: '',
} as unknown as Draft;

const decided = (yes: boolean, always: boolean) => {
  const undertaking = { yes, world: { interactive: true } } as unknown as Undertaking;
  return decide(undertaking, refused, 'Contain it?', { always });
};

it.each([
  ['contain', false, true, 'ask'],
  ['contain --yes', true, true, 'contain'],
  ['respond', false, false, 'contain'],
] as const)('%s', async (_what, yes, always, disposition) => {
  expect(await decided(yes, always)).toEqual({ disposition, approval: 'none' });
});
