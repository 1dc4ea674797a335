// Law 6 at length: release(contain(x)) = x, for a thousand generated accounts of each playbook.
import { describe, expect, it } from 'vitest';
import { loadGenerate } from '../../functions/adapters/catalogue.ts';
import type { Incident } from '../../functions/engine/incident.ts';
import { defineConfig } from '../../functions/rails/config.ts';
import { chanceFrom } from '../../gameday/account/chance.ts';
import type { State } from '../../gameday/account/world.ts';
import { compareAccounts, judgeDifferences, saidDifference } from '../../gameday/compare.ts';
import { supportingOf } from '../../gameday/drill/expect.ts';
import { createPractice, type Practice } from '../../gameday/practice.ts';
import type { Generate } from '../../playbooks/language/generate.ts';
import type { Playbook } from '../../playbooks/language/playbook.ts';
import { playbooks } from './staged.ts';

/** Of each playbook, over both halves. */
export const accountsEach = 1000;
/** So many of them at least differ in more than their ids, and so many at least are really changed. */
const shapesMin = 250;
const changedMin = 500;

/** One account is played again by its seed. */
const only = process.env.RELEASE_SEED;

const none = { requests: 0, perSeconds: 3600 };
const noEvidence = { budgets: { evidence: { LOW: none, MEDIUM: none, HIGH: none, CRITICAL: none } } };
/** Evidence takes its time and changes nothing that is released: a part of the accounts has it taken. */
const evidenceEvery = 8;

type Played = {
  readonly wrong: readonly string[];
  readonly shape: string;
  readonly outcome: Incident['outcome'];
  /** Settings that were written, and so had to be put back. */
  readonly changed: number;
};

/** The account without what is different in every account: ids, times, addresses. */
export const shapeOf = ({ accounts }: State): string =>
  JSON.stringify(accounts)
    .replace(/\b([a-z]+(?:-[a-z]+)*)-[0-9a-f]{8,17}\b/g, '$1-')
    .replace(/\bA[A-Z]{3}[A-Z2-7]{16,17}\b/g, 'A')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time')
    .replace(/\b\d{12,13}\b/g, 'number')
    .replace(/[0-9a-f]{2}(?::[0-9a-f]{2}){5}/g, 'mac')
    .replace(/\b\d+\.\d+\.\d+\.\d+\b/g, 'address')
    .replace(/drill-[a-z]+-[\w-]+/g, 'name');

const isOpen = ({ phase, changes }: Incident): boolean =>
  (phase === 'holding' && changes.length > 0) || changes.some(({ state }) => state === 'kept');

/** Lets go of everything, as somebody does who insists. */
const releaseAll = async (practice: Practice, incidents: readonly Incident[]): Promise<readonly Incident[]> => {
  const ends: Incident[] = [];
  for (const incident of incidents)
    ends.push(isOpen(incident) ? (await practice.release(incident, 'force')).incident : incident);
  return ends;
};

const endings: readonly Incident['outcome'][] = ['contained', 'partly-contained', 'preserved', 'planned', 'refused'];

const play = async (name: string, playbook: Playbook, generate: Generate, seed: number): Promise<Played> => {
  const options: Record<string, Readonly<Record<string, string>>> = {};
  const practice = createPractice({
    playbooks: new Map([[name, playbook]]),
    seed,
    latency: 'none',
    options,
    config: defineConfig({
      mode: 'on',
      trustedConfigRules: ['*-prohibited'],
      share: { percent: 100, min: 0 },
      ...(playbook.containment !== 'evidence' && seed % evidenceEvery !== 0 && noEvidence),
    }),
  });
  const generated = await generate(practice.stage, chanceFrom(seed));
  options[name] = generated.options ?? {};
  const before = practice.world.snapshot();
  const { executions, received } = await practice.respond(generated.finding);
  const incidents = executions.map(({ incident }) => incident);
  const [own] = incidents;
  const ends = await releaseAll(practice, incidents);
  const { left } = judgeDifferences(compareAccounts(before, practice.world.snapshot()), supportingOf(ends));
  const wrong = [
    ...(own ? [] : [`it opened no incident: ${JSON.stringify(received)}`]),
    ...incidents
      .filter(({ outcome }) => !endings.includes(outcome))
      .map(({ outcome, reason }) => `it ended ${outcome}: ${reason}`),
    ...ends
      .filter((end, index) => isOpen(incidents[index] ?? end) && end.outcome !== 'released')
      .map(({ outcome, reason }) => `its release ended ${outcome}: ${reason}`),
    ...left.map(saidDifference),
    ...practice.world.defects.map(String),
  ];
  return {
    wrong,
    shape: shapeOf(before),
    outcome: own?.outcome ?? null,
    changed: ends.flatMap(({ changes }) => changes).filter(({ state }) => state === 'released').length,
  };
};

const replay = (name: string, half: 0 | 1, seed: number): string =>
  `seed ${seed}, again by: RELEASE_SEED=${seed} npx vitest run test/laws/releases-${half + 1}.test.ts -t ${name}`;

/** Plays one half of every playbook's accounts, so that two processes share the work. */
export const playReleases = (half: 0 | 1): void => {
  describe.each([...playbooks])('%s', (name, playbook) => {
    it('has something that generates accounts', async () => {
      expect(await loadGenerate(name), `write playbooks/${name}/generate.ts: npm run new shows how`).toBeDefined();
    });

    it(`6. release(contain(x)) = x, for ${accountsEach / 2} generated accounts`, { timeout: 900_000 }, async () => {
      const generate = await loadGenerate(name);
      if (!generate) return;
      const seeds = Array.from({ length: accountsEach / 2 }, (_, index) => 2 * index + half);
      const shapes = new Set<string>();
      const wrong: string[] = [];
      let changed = 0;
      for (const seed of only === undefined ? seeds : [Number(only)]) {
        const played = await play(name, playbook, generate, seed);
        shapes.add(played.shape);
        changed += played.changed > 0 || played.outcome === 'preserved' ? 1 : 0;
        wrong.push(...played.wrong.map((words) => `${replay(name, half, seed)}\n${words}`));
        if (wrong.length > 10) break;
      }
      expect(wrong).toEqual([]);
      if (only !== undefined) return;
      expect(shapes.size, 'the accounts are too much alike: let the generator vary more').toBeGreaterThan(
        shapesMin / 2,
      );
      expect(changed, 'too few accounts are changed at all, so that little is put back').toBeGreaterThan(
        changedMin / 2,
      );
    });
  });
};
