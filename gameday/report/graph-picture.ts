// Draws a workflow's graph as SVG. It is drawn once a page; each incident's picture refers to it and lays its own way over it.
import type { Graph, GraphEdge, GraphNode, Point, Way } from './graph.ts';
import { type Html, html } from './html.ts';

type Size = 'full' | 'small';

const fixed = (value: number): string => String(Math.round(value * 10) / 10);
const at = ({ x, y }: Point): string => `${fixed(x)} ${fixed(y)}`;
const between = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** Through the middles, with the layout's points as controls: no corner, and it ends where the layout ends. */
const curve = (points: readonly Point[]): string => {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (!first || !last) return '';
  const bends = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] ?? last;
    return `Q${at(point)} ${at(index === rest.length - 2 ? last : between(point, next))}`;
  });
  return `M${at(first)}${bends.length > 0 ? bends.join('') : `L${at(last)}`}`;
};

const cornerRadius = 7;

/** Straight, with small round corners: the lane beside the graph. */
const lane = (points: readonly Point[]): string =>
  points
    .map((point, index) => {
      const before = points[index - 1];
      const after = points[index + 1];
      if (!before) return `M${at(point)}`;
      if (!after) return `L${at(point)}`;
      const near = (other: Point): Point => ({
        x: point.x + Math.sign(other.x - point.x) * cornerRadius,
        y: point.y + Math.sign(other.y - point.y) * cornerRadius,
      });
      return `L${at(near(before))}Q${at(point)} ${at(near(after))}`;
    })
    .join('');

/** Each type of state has a shape of its own, so that nothing depends on colour. */
const outline = ({ type, x, y, width, height }: GraphNode): Html => {
  const left = x - width / 2;
  const top = y - height / 2;
  const right = left + width;
  const bottom = top + height;
  const box = (radius: number, inset = 0) => html`
    <rect
      x="${fixed(left + inset)}"
      y="${fixed(top + inset)}"
      width="${fixed(width - 2 * inset)}"
      height="${fixed(height - 2 * inset)}"
      rx="${fixed(Math.max(0, radius - inset))}"/>`;
  const corners = (...points: readonly Point[]) => html`<polygon points="${points.map(at).join(' ')}"/>`;
  const point = 13;
  const slant = 9;
  switch (type) {
    case 'Choice':
      return corners(
        { x: left, y },
        { x: left + point, y: top },
        { x: right - point, y: top },
        { x: right, y },
        { x: right - point, y: bottom },
        { x: left + point, y: bottom },
      );
    case 'Wait':
      return box(height / 2);
    case 'Pass':
      return corners(
        { x: left + slant, y: top },
        { x: right, y: top },
        { x: right - slant, y: bottom },
        { x: left, y: bottom },
      );
    case 'Succeed':
      return html`${box(height / 2)}${box(height / 2, 3.5)}`;
    case 'Fail':
      return html`${box(0)}${box(0, 3.5)}`;
    default:
      return box(3);
  }
};

const nodePicture = (node: GraphNode, { named, visits = 0 }: { readonly named: boolean; readonly visits?: number }) => {
  const { state, type, x, y, width, height } = node;
  const often = { x: x + width / 2 + 5, y: y - height / 2 + 9 };
  return html`
    <g class="state ${type.toLowerCase()}">
      ${outline(node)}
      ${named && html`<text x="${fixed(x)}" y="${fixed(y + 4.5)}">${state}</text>`}
      ${named && visits > 1 && html`<text class="often" x="${fixed(often.x)}" y="${fixed(often.y)}">×${visits}</text>`}
    </g>`;
};

const edgePicture = ({ kind, points, label, labelAt: { x, y } }: GraphEdge, named: boolean) => html`
  <path class="edge ${kind}" d="${kind === 'catch' ? lane(points) : curve(points)}"/>
  ${named && label && html`<text class="condition" x="${fixed(x)}" y="${fixed(y + 3.5)}">${label}</text>`}`;

/** As far as the lane, where one that begins above goes on to the same end: dashes laid over dashes would look like a line. */
const joining = ({ points }: GraphEdge): Html => html`<path class="edge catch joins" d="${lane(points.slice(0, 2))}"/>`;

/** Where the first state is entered. */
const entry = ({ nodes }: Graph) =>
  nodes
    .filter(({ start }) => start)
    .map(({ x, y, height }) => {
      const top = y - height / 2;
      return html`
        <circle class="entry" cx="${fixed(x)}" cy="${fixed(top - 13)}" r="3.5"/>
        <path class="edge next" d="M${fixed(x)} ${fixed(top - 10)}V${fixed(top)}"/>`;
    });

const whole = (graph: Graph, named: boolean) => html`
  ${entry(graph)}
  ${graph.edges.map((edge) => (edge.joins ? joining(edge) : edgePicture(edge, named)))}
  ${graph.nodes.map((node) => nodePicture(node, { named }))}`;

const symbolId = ({ name }: Graph, size: Size): string => `workflow-${name}-${size}`;

const arrow = (id: string, size: number) => html`
  <marker id="${id}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="${size}" markerHeight="${size}" orient="auto">
    <path d="M0 0.8 8 4 0 7.2Z"/>
  </marker>`;

/** The graphs themselves, once a page, and the arrow head of every edge. */
export const graphSymbols = (graphs: readonly Graph[]): Html => {
  const symbol = (graph: Graph, size: Size) => html`
    <symbol id="${symbolId(graph, size)}" viewBox="0 0 ${graph.width} ${graph.height}">
      ${whole(graph, size === 'full')}
    </symbol>`;
  return html`
    <svg class="symbols" width="0" height="0" aria-hidden="true" focusable="false">
      <defs>${arrow('arrow', 7)}${arrow('arrow-on', 5)}</defs>
      ${graphs.map((graph) => [symbol(graph, 'full'), symbol(graph, 'small')])}
    </svg>`;
};

type Caption = {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** 'small' is without names, for comparing at a glance. */
  readonly size: Size;
};

/** The graph with one way through it. */
export const graphPicture = (graph: Graph, taken: Way, { id, title, description, size }: Caption): Html => {
  const { width, height, nodes } = graph;
  const named = size === 'full';
  const visited = nodes.flatMap((node) => {
    const visits = taken.visits.get(node.state);
    return visits === undefined ? [] : [nodePicture(node, { named, visits })];
  });
  return html`
    <svg
      class="graph ${size}"
      viewBox="0 0 ${width} ${height}"
      width="${width}"
      height="${height}"
      role="img"
      aria-labelledby="${id}-title ${id}-description">
      <title id="${id}-title">${title}</title>
      <desc id="${id}-description">${description}</desc>
      <use href="#${symbolId(graph, size)}"/>
      <g class="way">${taken.edges.map((edge) => edgePicture(edge, named))}${visited}</g>
    </svg>`;
};

const meanings: readonly (readonly [type: string, meaning: string])[] = [
  ['Task', 'a function is called'],
  ['Choice', 'the way parts'],
  ['Wait', 'time passes'],
  ['Pass', 'a note is made'],
  ['Succeed', 'a good end'],
  ['Fail', 'an end that alarms'],
];

/** What the shapes mean; those that the graphs really have. */
export const graphLegend = (graphs: readonly Graph[]): Html => {
  const types = new Set(graphs.flatMap(({ nodes }) => nodes.map(({ type }) => type)));
  const where = { x: 21, y: 12, width: 40, height: 22 };
  const sample = (type: string): GraphNode => ({ ...where, type, state: '', comment: '', start: false });
  const item = (drawing: Html, name: string, meaning: string) => html`
    <li>
      <svg class="graph sample" viewBox="0 0 42 24" width="42" height="24" aria-hidden="true">${drawing}</svg>
      <span><b>${name}</b> ${meaning}</span>
    </li>`;
  return html`
    <ul class="legend">
      ${meanings
        .filter(([type]) => types.has(type))
        .map(([type, meaning]) => item(nodePicture(sample(type), { named: false }), type, meaning))}
      ${item(html`<path class="edge catch" d="M2 12H40"/>`, 'Catch', 'when all tries have failed')}
    </ul>`;
};
