// A workflow as a graph, read from its ASL file and laid out: nodes and edges with coordinates, nothing of how they look.
import dagre from '@dagrejs/dagre';
import type { Run } from './drill-report.ts';

type Transition = { readonly Next?: string; readonly StringEquals?: string };

/** As much of ASL as a drawing needs. */
export type Workflow = {
  readonly Comment?: string;
  readonly StartAt?: string;
  readonly States: Readonly<
    Record<
      string,
      Transition & {
        readonly Type: string;
        readonly Comment?: string;
        readonly Choices?: readonly Transition[];
        readonly Default?: string;
        readonly Catch?: readonly Transition[];
      }
    >
  >;
};

export type Point = { readonly x: number; readonly y: number };

export type GraphNode = Point & {
  readonly state: string;
  readonly type: string;
  readonly comment: string;
  readonly start: boolean;
  readonly width: number;
  readonly height: number;
};

/** `otherwise` is a Choice's default. */
export type EdgeKind = 'next' | 'choice' | 'otherwise' | 'catch';

export type GraphEdge = {
  readonly from: string;
  readonly to: string;
  readonly kind: EdgeKind;
  readonly label: string;
  readonly points: readonly Point[];
  readonly labelAt: Point;
  /** A catch that meets, in its lane, one that comes from above and leads to the same state. */
  readonly joins: boolean;
};

export type Graph = {
  readonly name: string;
  readonly comment: string;
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
};

type Link = Pick<GraphEdge, 'from' | 'to' | 'kind' | 'label'>;

const nodeHeight = 34;
const margin = 12;
const letterWidth = 7.4;
/** The heavier, the straighter: the way that most incidents take runs down the page. */
const weights: Readonly<Record<EdgeKind, number>> = { next: 8, choice: 4, otherwise: 1, catch: 0 };
const laneWidth = 14;

/** Two ways from one state to another by the same kind of transition are one line. */
const merged = (links: readonly Link[]): readonly Link[] => {
  const byEnds = new Map<string, Link>();
  for (const link of links) {
    const key = `${link.from}\n${link.to}\n${link.kind}`;
    const known = byEnds.get(key);
    byEnds.set(key, known ? { ...known, label: `${known.label}, ${link.label}` } : link);
  }
  return [...byEnds.values()];
};

const linksOf = ({ States }: Workflow): readonly Link[] =>
  merged(
    Object.entries(States).flatMap(([from, { Next, Choices = [], Default, Catch = [] }]) => [
      ...(Next ? [{ from, to: Next, kind: 'next' as const, label: '' }] : []),
      ...Choices.flatMap(({ Next: to, StringEquals: label = '' }) =>
        to ? [{ from, to, kind: 'choice' as const, label }] : [],
      ),
      ...(Default ? [{ from, to: Default, kind: 'otherwise' as const, label: 'otherwise' }] : []),
      ...Catch.flatMap(({ Next: to }) => (to ? [{ from, to, kind: 'catch' as const, label: '' }] : [])),
    ]),
  );

const round = ({ x, y }: Point): Point => ({ x: Math.round(x * 10) / 10, y: Math.round(y * 10) / 10 });

type Placed = Pick<GraphNode, 'x' | 'y' | 'width'>;

/** Nearly every state catches: beside the graph one lane for each state that they lead to, so that the ways proper stay readable. */
const laneOf = (from: Placed, to: Placed, x: number): readonly Point[] => [
  { x: from.x + from.width / 2, y: from.y },
  { x, y: from.y },
  { x, y: to.y },
  { x: to.x + to.width / 2, y: to.y },
];

const widthOf = (state: string, type: string): number => state.length * letterWidth + (type === 'Choice' ? 40 : 28);

const placed = ({ States }: Workflow, links: readonly Link[]) => {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', nodesep: 30, edgesep: 20, ranksep: 22, marginx: margin, marginy: margin + 8 });
  for (const [state, { Type }] of Object.entries(States))
    graph.setNode(state, { width: widthOf(state, Type), height: nodeHeight });
  for (const { from, to, kind, label } of links) {
    if (kind === 'catch') continue;
    const room = { width: label.length * 4.5, height: label ? 12 : 0, labelpos: 'c' };
    graph.setEdge(from, to, { weight: weights[kind], ...room }, kind);
  }
  dagre.layout(graph);
  return graph;
};

/** Lays the workflow out from top to bottom. */
export const layout = (name: string, workflow: Workflow): Graph => {
  const states = Object.entries(workflow.States);
  const links = linksOf(workflow);
  const graph = placed(workflow, links);
  const { width = 0, height = 0 } = graph.graph();
  const caught = [...new Set(links.filter(({ kind }) => kind === 'catch').map(({ to }) => to))];
  const edges = links.map((link): GraphEdge => {
    if (link.kind === 'catch') {
      const lane = width + caught.indexOf(link.to) * laneWidth;
      const points = laneOf(graph.node(link.from), graph.node(link.to), lane).map(round);
      const others = links.filter(({ kind, to }) => kind === 'catch' && to === link.to);
      const joins = others.some(({ from }) => graph.node(from).y < graph.node(link.from).y);
      return { ...link, points, labelAt: { x: lane, y: 0 }, joins };
    }
    const { points, x = 0, y = 0 } = graph.edge(link.from, link.to, link.kind);
    return { ...link, points: points.map(round), labelAt: round({ x, y }), joins: false };
  });
  return {
    name,
    comment: workflow.Comment ?? '',
    width: Math.ceil(width + caught.length * laneWidth),
    height: Math.ceil(height),
    nodes: states.map(([state, { Type, Comment = '' }]) => {
      const { x, y, width, height } = graph.node(state);
      const start = state === (workflow.StartAt ?? states[0]?.[0]);
      return { state, type: Type, comment: Comment, start, ...round({ x, y }), width, height };
    }),
    edges,
  };
};

export type Way = {
  /** How often each state was entered. */
  readonly visits: ReadonlyMap<string, number>;
  readonly edges: readonly GraphEdge[];
};

/** The way that executions took through the graph. */
export const wayOf = (graph: Graph, runs: readonly Run[]): Way => {
  const visits = new Map<string, number>();
  const taken = new Set<GraphEdge>();
  for (const { steps } of runs) {
    for (const [index, { state, error }] of steps.entries()) {
      visits.set(state, (visits.get(state) ?? 0) + 1);
      const next = steps[index + 1]?.state;
      const between = graph.edges.filter(({ from, to }) => from === state && to === next);
      const edge = between.find(({ kind }) => (kind === 'catch') === (error !== '')) ?? between[0];
      if (edge) taken.add(edge);
    }
  }
  return { visits, edges: graph.edges.filter((edge) => taken.has(edge)) };
};
