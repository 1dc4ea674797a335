// The workflow's graph: every state and every transition of the deployed files is in it, and a way through it is found again.
import { describe, expect, it } from 'vitest';
import { workflowDefinition } from '../../functions/adapters/workflow.ts';
import type { Run } from '../../gameday/report/drill-report.ts';
import { layout, type Workflow, wayOf } from '../../gameday/report/graph.ts';
import { graphPicture, graphSymbols } from '../../gameday/report/graph-picture.ts';

const names = ['respond', 'release'] as const;
const workflows = await Promise.all(
  names.map(async (name) => [name, (await workflowDefinition(name)) as Workflow] as const),
);

/** Read here once more, in another way: every `Next` and `Default` anywhere in a state. */
const targetsIn = (value: unknown): readonly string[] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    (key === 'Next' || key === 'Default') && typeof inner === 'string' ? [inner] : targetsIn(inner),
  );
};

const run = (states: readonly string[], errors: Readonly<Record<string, string>> = {}): Run => ({
  workflow: 'respond',
  mode: '',
  status: 'SUCCEEDED',
  error: '',
  startedAt: 0,
  endedAt: 1,
  steps: states.map((state, at) => ({ state, at, error: errors[state] ?? '' })),
});

describe.each(workflows)('%s', (name, definition) => {
  const graph = layout(name, definition);

  it('has every state, each with its type', () => {
    const states = Object.entries(definition.States).map(([state, { Type }]) => [state, Type]);
    expect(graph.nodes.map(({ state, type }) => [state, type])).toEqual(states);
  });

  it('has every transition', () => {
    for (const [state, content] of Object.entries(definition.States))
      expect(new Set(graph.edges.filter(({ from }) => from === state).map(({ to }) => to)), state).toEqual(
        new Set(targetsIn(content)),
      );
  });

  it('lays everything out within its bounds, and no two states over each other', () => {
    for (const { x, y, width, height } of graph.nodes) {
      expect(x - width / 2).toBeGreaterThanOrEqual(0);
      expect(x + width / 2).toBeLessThanOrEqual(graph.width);
      expect(y + height / 2).toBeLessThanOrEqual(graph.height);
    }
    for (const [index, a] of graph.nodes.entries())
      for (const b of graph.nodes.slice(index + 1))
        expect(Math.abs(a.x - b.x) >= (a.width + b.width) / 2 || Math.abs(a.y - b.y) >= (a.height + b.height) / 2).toBe(
          true,
        );
  });

  it('draws the name of every state', () => {
    const { text } = graphSymbols([graph]);
    for (const state of Object.keys(definition.States)) expect(text).toContain(`>${state}</text>`);
  });
});

describe('a way through it', () => {
  const graph = layout('respond', Object.fromEntries(workflows).respond as Workflow);
  const ends = (runs: readonly Run[]) =>
    wayOf(graph, runs).edges.map(({ from, to, kind }) => `${from} → ${to} (${kind})`);

  it('is the transitions between the states that were entered', () => {
    expect(ends([run(['Contain', 'What is next?', 'Settle'])])).toEqual([
      'Contain → What is next? (next)',
      'What is next? → Settle (choice)',
    ]);
  });

  it('takes the catch after an error, and the transition proper without one', () => {
    expect(ends([run(['Contain', 'Close'], { Contain: 'caught' })])).toEqual(['Contain → Close (catch)']);
    expect(ends([run(['How did it end?', 'Told'])])).toEqual(['How did it end? → Told (otherwise)']);
  });

  it('counts how often a state was entered, and a try again is no transition', () => {
    const way = wayOf(graph, [run(['Contain', 'Contain', 'What is next?'])]);
    expect(way.visits.get('Contain')).toBe(2);
    expect(way.edges).toHaveLength(1);
  });

  it('is told in words to those who do not see it', () => {
    const caption = { id: 'one', title: 'The way', description: 'Contain, then Close', size: 'full' } as const;
    const { text } = graphPicture(graph, wayOf(graph, [run(['Contain', 'Close'])]), caption);
    expect(text).toContain('role="img"');
    expect(text).toContain('<title id="one-title">The way</title>');
    expect(text).toContain('<desc id="one-description">Contain, then Close</desc>');
  });
});
