// The page: whatever names an attacker chooses, it stays text; and the page is whole, reachable and asks nobody for anything.
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { workflowDefinition } from '../../functions/adapters/workflow.ts';
import { runDrill } from '../../gameday/drill.ts';
import type { DrillReport } from '../../gameday/report/drill-report.ts';
import type { Workflow } from '../../gameday/report/graph.ts';
import { html } from '../../gameday/report/html.ts';
import { page } from '../../gameday/report/page.ts';
import { catalogueOf, disable, leak, untidy } from './catalogue.ts';

const definitions = {
  respond: (await workflowDefinition('respond')) as Workflow,
  release: (await workflowDefinition('release')) as Workflow,
};

const hostile = [
  `<script>alert('name')</script>`,
  `"><img src=x onerror=alert(1)>`,
  `' onmouseover='alert(1)`,
  '</style><svg onload=alert(1)>',
  '${alert(1)}{{alert(1)}}',
  'javascript:alert(1)',
  'invoice\u202Efdp.exe',
].join(' ');

/** Puts the hostile text wherever the report holds text, whatever it is. */
const poisoned = <T>(value: T): T => {
  if (typeof value === 'string') return `${value} ${hostile}` as T;
  if (Array.isArray(value)) return value.map(poisoned) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, poisoned(inner)])) as T;
};

const other = 'UnauthorizedAccess:IAMUser/Untidy';
const playbooks = {
  'disable-key': disable({ release: 'keep' }),
  untidy: disable({ setting: untidy, finding: other }),
};
const scenarios = {
  'disable-key': { leaked: leak() },
  untidy: { leaked: leak({}, other), refused: leak({ outcome: 'refused' }, other) },
};
const report: DrillReport = await runDrill({ seed: 5, catalogue: catalogueOf(playbooks, scenarios) });
const whole = page(report, definitions);
const attacked = page(poisoned(report), definitions);

const tags = (text: string, name: string): readonly string[] =>
  [...text.matchAll(new RegExp(`<${name}[\\s>][^>]*`, 'g'))].map(([tag]) => tag);
const attribute = (text: string, name: string): readonly string[] =>
  [...text.matchAll(new RegExp(`\\s${name}="([^"]*)"`, 'g'))].map(([, value = '']) => value);

describe('escaping', () => {
  it('turns every character that means something into text', () => {
    expect(html`<b title="${`"'`}">${'<i>&`</i>'}</b>`.text).toBe(
      '<b title="&quot;&#39;">&lt;i&gt;&amp;&#96;&lt;/i&gt;</b>',
    );
  });

  it('shows what can not be seen, and what turns text around', () => {
    expect(html`${'a\u202Eb\u0000c\u200Bd'}`.text).toBe('a⟨U+202E⟩b⟨U+0000⟩c⟨U+200B⟩d');
  });

  it('believes no object that merely looks like markup', () => {
    const forged = JSON.parse('{"text":"<script>alert(1)</script>","markup":true}') as never;
    expect(() => html`${forged}`.text).toThrow();
  });

  it('leaves out what is not there', () => {
    expect(html`${false}${null}${undefined}${''}${0}${[html`<b>`, 'x']}`.text).toBe('0<b>x');
  });
});

describe.each([
  ['a page', whole],
  ['a page full of hostile names', attacked],
])('%s', (_name, text) => {
  it('runs one script, ours, and has one style sheet: those whose hashes its policy names', () => {
    const hashes = [/<script>(.*?)<\/script>/gs, /<style>(.*?)<\/style>/gs].map((pattern) => {
      const found = [...text.matchAll(pattern)];
      expect(found).toHaveLength(1);
      return `'sha256-${createHash('sha256')
        .update(found[0]?.[1] ?? '')
        .digest('base64')}'`;
    });
    const [policy = ''] = attribute(
      tags(text, 'meta').find((tag) => tag.includes('Content-Security-Policy')) ?? '',
      'content',
    );
    expect(policy.replaceAll('&#39;', "'")).toContain("default-src 'none'");
    for (const hash of hashes) expect(policy.replaceAll('&#39;', "'")).toContain(hash);
  });

  it('has no handler, no embedded thing, and no link but into itself', () => {
    expect([...text.matchAll(/<[a-z][^>]*\son[a-z]+\s*=/gi)]).toEqual([]);
    expect([...text.matchAll(/<(img|iframe|object|embed|link|base|form|audio|video|foreignObject)[\s>]/gi)]).toEqual(
      [],
    );
    expect(
      attribute(text.replace(/<style>.*?<\/style>/s, ''), '(?:href|src|action|xlink:href)').filter(
        (value) => !value.startsWith('#'),
      ),
    ).toEqual([]);
    expect(text).not.toMatch(/style="|@import|url\((?!#)/);
  });

  it('gives every id once, and every reference leads to one', () => {
    const ids = attribute(text, 'id');
    expect(ids).toHaveLength(new Set(ids).size);
    const known = new Set(ids);
    const references = [
      ...attribute(text, 'href').map((value) => value.slice(1)),
      ...attribute(text, 'aria-labelledby').flatMap((value) => value.split(' ')),
    ];
    expect(references.filter((reference) => !known.has(reference))).toEqual([]);
  });

  it('says what every picture and every table is', () => {
    for (const picture of tags(text, 'svg'))
      expect(picture.includes('aria-hidden="true"') || picture.includes('aria-labelledby="')).toBe(true);
    expect(tags(text, 'table').length).toBe([...text.matchAll(/<caption>/g)].length);
    expect(tags(text, 'h1')).toHaveLength(1);
  });
});

describe('what the page tells', () => {
  it('the verdict first, and why a drill failed', () => {
    expect(whole).toContain(
      '<h1>1 of 3 incidents ended as they should, 2 did not, and 2 of 3 accounts are not as before.</h1>',
    );
    expect(whole).toContain('Why this drill failed');
    expect(whole).toContain('left-behind');
  });

  it('each setting before, during and after', () => {
    expect(whole).toMatch(
      /data-name="Before">Active<.*?>Inactive<.*?data-name="After release">Inactive <span class="state-word">kept<.*?data-name="After forced release">Active</s,
    );
  });

  it('is fit for an empty drill as well', () => {
    const none: DrillReport = { ...report, results: [], summary: { ...report.summary, scenarios: 0 } };
    expect(page(none, definitions)).toContain('Nothing was drilled');
  });
});
