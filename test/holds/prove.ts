// Runs a scenario over many seeds. A failing run is told step by step, with the command that repeats it.
import { type Protocol, protocol } from './incidents.ts';

export type Scenario = (run: {
  readonly protocol: Protocol;
  readonly seed: number;
  readonly seen: Map<string, number>;
  readonly trace?: string[];
}) => Promise<void>;

/** Always the same seeds, so that what passed once passes again. `HOLDS_RUNS` looks further. */
export const runs = Number(process.env.HOLDS_RUNS ?? 20_000);

/** One seed of a failed run, told whether it fails or not. */
const only = process.env.HOLDS_SEED;

const isViolation = (error: unknown): error is Error => error instanceof Error && error.name === 'Violation';

/** The first seed with a violation, if there is one. Any other error is a fault of the test. */
export const firstViolation = async (
  scenario: Scenario,
  of: Protocol,
  seen: Map<string, number>,
): Promise<number | undefined> => {
  for (let seed = 0; seed < runs; seed++) {
    try {
      await scenario({ protocol: of, seed, seen });
    } catch (error) {
      if (isViolation(error)) return seed;
      throw error;
    }
  }
  return undefined;
};

const told = async (scenario: Scenario, seed: number): Promise<string> => {
  const trace: string[] = [];
  let end = 'Nothing went wrong.';
  try {
    await scenario({ protocol, seed, seen: new Map(), trace });
  } catch (error) {
    end = String(error);
  }
  const command = `HOLDS_SEED=${seed} npx vitest run test/holds/interleavings.test.ts -t ${scenario.name}`;
  return `${end}\n\n${trace.join('\n')}\n\nAgain: ${command}`;
};

/**
 * Tries every seed; answers how often each kind of thing happened on the way.
 * @throws the first violation, with its trace.
 */
export const prove = async (scenario: Scenario): Promise<ReadonlyMap<string, number>> => {
  if (only !== undefined) throw new Error(await told(scenario, Number(only)));
  const seen = new Map<string, number>();
  const seed = await firstViolation(scenario, protocol, seen);
  if (seed !== undefined) throw new Error(await told(scenario, seed));
  return seen;
};
