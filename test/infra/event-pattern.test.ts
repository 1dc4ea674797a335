// The matcher, held against what AWS documents of its own.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-arrays.html
import { describe, expect, it } from 'vitest';
import { matchesPattern } from './event-pattern.ts';

const crew = {
  crew: [
    { name: 'Ada', deck: 'bow' },
    { name: 'Bo', deck: 'stern' },
  ],
};
const nested = { fleet: [[{ name: 'Ada', deck: 'bow' }], [{ name: 'Bo', deck: 'stern' }]] };

type Row = readonly [what: string, pattern: object, event: unknown, fits: boolean];

describe.each<readonly [string, readonly Row[]]>([
  [
    'fields',
    [
      ['text fits itself', { state: ['open'] }, { state: 'open' }, true],
      ['one of several is enough', { state: ['shut', 'open'] }, { state: 'open' }, true],
      ['each field has to fit', { state: ['open'], place: ['east'] }, { state: 'open', place: 'west' }, false],
      ['what is not asked does not count', { state: ['open'] }, { state: 'open', place: 'west' }, true],
      ['a field that is missing fits nothing', { state: ['open'] }, {}, false],
      ['nor does one that is elsewhere', { state: ['open'] }, { detail: { state: 'open' } }, false],
      ['case counts', { state: ['open'] }, { state: 'Open' }, false],
      ['so does every sign', { state: ['open'] }, { state: 'open ' }, false],
      ['a number is no text', { count: ['1'] }, { count: 1 }, false],
      ['nor is null', { state: ['null'] }, { state: null }, false],
      ['nor is true', { state: ['true'] }, { state: true }, false],
      ['what every object inherits is no field', { constructor: { name: ['Object'] } }, {}, false],
      ['an object fits no text', { detail: ['x'] }, { detail: { x: 'x' } }, false],
      ['text has no fields', { detail: { length: ['4'] } }, { detail: 'text' }, false],
      ['empty text is text', { state: [''] }, { state: '' }, true],
    ],
  ],
  [
    'prefix and suffix',
    [
      ['a prefix fits what begins so', { type: [{ prefix: 'A:B/' }] }, { type: 'A:B/C' }, true],
      ['and itself', { type: [{ prefix: 'A:B/' }] }, { type: 'A:B/' }, true],
      ['but nothing further in', { type: [{ prefix: 'B/' }] }, { type: 'A:B/C' }, false],
      ['and no other case', { type: [{ prefix: 'a:b/' }] }, { type: 'A:B/C' }, false],
      ['a star in it is a star', { type: [{ prefix: 'A*' }] }, { type: 'A:B/C' }, false],
      ['a suffix fits what ends so', { arn: [{ suffix: '::product/x' }] }, { arn: 'arn:p::product/x' }, true],
      ['but not what goes on', { arn: [{ suffix: '::product/x' }] }, { arn: 'arn:p::product/xy' }, false],
      ['they stand beside text', { type: ['Z', { prefix: 'A' }] }, { type: 'Z' }, true],
      ['a number has no prefix', { count: [{ prefix: '1' }] }, { count: 12 }, false],
    ],
  ],
  [
    'arrays',
    [
      ['one of the values is enough', { resources: ['b'] }, { resources: ['a', 'b'] }, true],
      ['an empty one has none', { resources: ['b'] }, { resources: [] }, false],
      ['prefixes look into them', { resources: [{ prefix: 'b' }] }, { resources: ['ab', 'bc'] }, true],
      ['objects in them are looked into', { crew: { name: ['Bo'] } }, crew, true],
      ['what is asked holds for one of them', { crew: { name: ['Bo'], deck: ['stern'] } }, crew, true],
      ['and not for two between them', { crew: { name: ['Ada'], deck: ['stern'] } }, crew, false],
      ['an array in an array is no other', { fleet: { name: ['Bo'], deck: ['stern'] } }, nested, true],
      ['nor does it join two', { fleet: { name: ['Ada'], deck: ['stern'] } }, nested, false],
      [
        'deeper down it holds as well',
        { crew: { kit: { item: ['rope'], state: ['worn'] } } },
        {
          crew: [
            {
              kit: [
                { item: 'rope', state: 'new' },
                { item: 'axe', state: 'worn' },
              ],
            },
          ],
        },
        false,
      ],
    ],
  ],
  [
    '$or',
    [
      ['one of its patterns is enough', { $or: [{ a: ['1'] }, { b: ['2'] }] }, { b: '2' }, true],
      ['none is not', { $or: [{ a: ['1'] }, { b: ['2'] }] }, { a: '2', b: '1' }, false],
      ['what stands beside it has to fit too', { c: ['3'], $or: [{ a: ['1'] }, { b: ['2'] }] }, { a: '1' }, false],
      [
        'in an array each of its patterns is asked of one object',
        {
          crew: {
            $or: [
              { name: ['Ada'], deck: ['stern'] },
              { name: ['Bo'], deck: ['bow'] },
            ],
          },
        },
        crew,
        false,
      ],
      [
        'and so is what stands beside it',
        { crew: { name: ['Ada'], $or: [{ deck: ['stern'] }, { deck: ['aft'] }] } },
        crew,
        false,
      ],
    ],
  ],
])('%s', (_, rows) => {
  it.each(rows)('%s', (_what, pattern, event, fits) => {
    expect(matchesPattern(pattern, event)).toBe(fits);
  });
});

describe('refused, whether or not it would have been come to', () => {
  it.each<readonly [string, unknown, string]>([
    ['an operator of EventBridge that we do not use', { b: [{ wildcard: 'x*' }] }, "operator 'wildcard'"],
    ['exists, under an array above all', { b: [{ exists: false }] }, "operator 'exists'"],
    ['a misspelt operator', { b: [{ prefx: 'x' }] }, "operator 'prefx'"],
    ['two operators in one', { b: [{ prefix: 'x', suffix: 'y' }] }, 'more than one operator'],
    ['a match that is a number', { b: [1] }, 'has 1'],
    ['an empty prefix', { b: [{ prefix: '' }] }, 'no text'],
    ['text outside a list', { b: 'x' }, 'b should be an object, or a list of matches'],
    ['an operator in the place of a field', { b: { prefix: 'x' } }, 'an operator where a field should stand'],
    ['an empty list', { b: [] }, 'lists nothing'],
    ['an empty object', { b: {} }, 'is empty'],
    ['$or of one, which EventBridge takes for a field', { $or: [{ b: ['x'] }] }, 'two patterns or more'],
    ['a name with a dot', { 'b.c': ['x'] }, 'a dot in its name'],
    ['what stands within $or', { $or: [{ b: ['x'] }, { c: [{ numeric: ['=', 1] }] }] }, "operator 'numeric'"],
  ])('%s', (_, pattern, why) => {
    // The first field fits nothing, so a matcher that looked only as far as it has to would not see the second.
    expect(() => matchesPattern({ a: ['nothing'], ...(pattern as object) }, {})).toThrow(why);
  });
});
