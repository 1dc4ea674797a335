// What every ledger keeps to, whatever is behind it. An adapter's test calls this with its own store.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Collection, Ledger } from '../../functions/engine/ledger.ts';
import type { Json } from '../../playbooks/language/json.ts';

/** An empty store; each `open` gives one more hand on the same records. */
export interface Store {
  open(): Ledger | Promise<Ledger>;
  remove(): void | Promise<void>;
}

const collections: readonly Collection[] = ['keys', 'incidents', 'holds', 'evidence', 'journal'];

export const conformance = (name: string, make: () => Store | Promise<Store>): void => {
  describe(`${name} keeps the ledger's promises`, () => {
    let store: Store;
    let ledger: Ledger;

    beforeEach(async () => {
      store = await make();
      ledger = await store.open();
    });

    afterEach(() => store.remove());

    const put = async (key: string, value: Json, expected = 0) => {
      expect(await ledger.write('holds', key, value, expected)).toBe(true);
    };

    it('answers undefined for what was never written', async () => {
      expect(await ledger.read('holds', 'nothing')).toBeUndefined();
      expect(await ledger.list('holds', '')).toEqual([]);
    });

    it('writes a new record as version 1, and refuses to make it twice', async () => {
      await put('one', { wish: 'first' });
      expect(await ledger.write('holds', 'one', { wish: 'second' }, 0)).toBe(false);
      expect(await ledger.read('holds', 'one')).toEqual({ key: 'one', value: { wish: 'first' }, version: 1 });
    });

    it('writes over the version that stands, and counts on', async () => {
      await put('one', 'a');
      await put('one', 'b', 1);
      await put('one', 'b', 2);
      expect(await ledger.read('holds', 'one')).toEqual({ key: 'one', value: 'b', version: 3 });
    });

    it.each([
      ['a version that is over', 1],
      ['a version that is yet to come', 3],
      ['a version below all', -1],
    ])('refuses %s and leaves the record', async (_, expected) => {
      await put('one', 'a');
      await put('one', 'b', 1);
      expect(await ledger.write('holds', 'one', 'c', expected)).toBe(false);
      expect(await ledger.read('holds', 'one')).toEqual({ key: 'one', value: 'b', version: 2 });
    });

    it('refuses to change what is not there', async () => {
      expect(await ledger.write('holds', 'none', 'a', 1)).toBe(false);
      expect(await ledger.read('holds', 'none')).toBeUndefined();
    });

    it('keeps collections apart', async () => {
      for (const collection of collections) expect(await ledger.write(collection, 'one', collection, 0)).toBe(true);
      for (const collection of collections)
        expect(await ledger.list(collection, '')).toEqual([{ key: 'one', value: collection, version: 1 }]);
    });

    it('lists what begins so, by key, each as it stands', async () => {
      for (const key of ['b/2', 'a/10', 'a/1', 'a', 'ab', 'b/1', 'A/1']) await put(key, key);
      await put('a/1', 'changed', 1);
      expect(await ledger.list('holds', 'a/')).toEqual([
        { key: 'a/1', value: 'changed', version: 2 },
        { key: 'a/10', value: 'a/10', version: 1 },
      ]);
      expect((await ledger.list('holds', '')).map(({ key }) => key)).toEqual([
        'A/1',
        'a',
        'a/1',
        'a/10',
        'ab',
        'b/1',
        'b/2',
      ]);
      expect(await ledger.list('holds', 'c')).toEqual([]);
    });

    it('takes no character of a prefix for a pattern', async () => {
      for (const key of ['a%b', 'a_b', 'aXb', 'a*b', 'a?b', "a'b", 'a\\b', 'a[b]']) await put(key, key);
      for (const prefix of ['a%', 'a_', 'a*', 'a?', "a'", 'a\\', 'a['])
        expect((await ledger.list('holds', prefix)).map(({ key }) => key)).toEqual([
          prefix === 'a[' ? 'a[b]' : `${prefix}b`,
        ]);
      expect(await ledger.list('holds', '%')).toEqual([]);
    });

    it('keeps keys that hold other letters than English', async () => {
      await put('élan/ключ', 1);
      await put('elan/key', 2);
      expect(await ledger.read('holds', 'élan/ключ')).toMatchObject({ value: 1 });
      expect((await ledger.list('holds', 'él')).map(({ key }) => key)).toEqual(['élan/ключ']);
    });

    it.each<[string, Json]>([
      ['text beyond English', 'Grüße, 封じ込め, 🔥🧯, e\u0301, \u2028, "quoted", back\\slash, line\nbreak, \u0000'],
      ['an empty text', ''],
      ['numbers', [0, -1, 1.5, 1e21, Number.MAX_SAFE_INTEGER, 5e-324]],
      ['null', null],
      ['truth', [true, false]],
      ['nothing in it', [{}, [], [[]], { '': {} }]],
      [
        'a nest',
        { rules: [{ ports: [22, 3389], from: { cidr: '0.0.0.0/0', note: null } }], '%_': ['a', ['b', ['c']]] },
      ],
      ['much of it', Array.from({ length: 2000 }, (_, index) => ({ index, text: 'sg-0123456789abcdef0' }))],
    ])('gives back as it was: %s', async (_, value) => {
      await put('one', value);
      expect(await ledger.read('holds', 'one')).toEqual({ key: 'one', value, version: 1 });
      expect(await ledger.list('holds', 'one')).toEqual([{ key: 'one', value, version: 1 }]);
    });

    it('is not changed by what becomes of a value afterwards', async () => {
      const value = { holders: { a: ['sg-1'] } };
      await put('one', value);
      value.holders.a.push('sg-2');
      const read = (await ledger.read('holds', 'one'))?.value as typeof value;
      const [listed] = (await ledger.list('holds', 'one')).map((record) => record.value as typeof value);
      // What is given out may also be such that nobody can change it.
      for (const given of [read, listed].filter((one) => !Object.isFrozen(one?.holders.a)))
        given?.holders.a.push('sg-3');
      expect(await ledger.read('holds', 'one')).toMatchObject({ value: { holders: { a: ['sg-1'] } } });
    });

    it('shows each hand what the other wrote', async () => {
      const other = await store.open();
      await put('one', 'mine');
      expect(await other.read('holds', 'one')).toEqual({ key: 'one', value: 'mine', version: 1 });
      expect(await other.write('holds', 'one', 'yours', 1)).toBe(true);
      expect(await ledger.write('holds', 'one', 'mine again', 1)).toBe(false);
      expect(await ledger.list('holds', '')).toEqual([{ key: 'one', value: 'yours', version: 2 }]);
    });

    it('lets exactly one of many win, for a new record and for one that stands', async () => {
      const hands = [ledger, await store.open(), await store.open()];
      for (const expected of [0, 1]) {
        const tried = Array.from({ length: 30 }, (_, index) => ({
          index,
          hand: hands[index % hands.length] ?? ledger,
        }));
        const ends = await Promise.all(tried.map(({ index, hand }) => hand.write('holds', 'one', index, expected)));
        expect(ends.filter(Boolean)).toHaveLength(1);
        expect(await ledger.read('holds', 'one')).toEqual({
          key: 'one',
          value: ends.indexOf(true),
          version: expected + 1,
        });
      }
    });

    it('loses no count to others who count', async () => {
      const hands = [ledger, await store.open(), await store.open()];
      const count = async (hand: Ledger): Promise<void> => {
        for (let done = 0; done < 20; ) {
          const found = await hand.read('journal', 'count');
          if (await hand.write('journal', 'count', Number(found?.value ?? 0) + 1, found?.version ?? 0)) done++;
        }
      };
      await Promise.all(hands.map(count));
      expect(await ledger.read('journal', 'count')).toEqual({ key: 'count', value: 60, version: 60 });
    });
  });
};
