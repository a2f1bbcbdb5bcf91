/** What every place to keep things must do; run in Node for the memory and in a browser for its database. */
import type { Keep } from './keep.ts';

/** @returns what it does wrong, one sentence each; the place is empty afterwards. */
export const checkKeep = async (keep: Keep): Promise<string[]> => {
  const wrong: string[] = [];
  const check = (name: string, found: unknown, expected: unknown): void => {
    const [a, b] = [JSON.stringify(found), JSON.stringify(expected)];
    if (a !== b) wrong.push(`${name}: ${a}, expected ${b}`);
  };
  await keep.clear();
  check('an unknown name', await keep.get('nothing'), undefined);
  const value = { list: ['a', 'b'] };
  await keep.set('value', value);
  value.list.push('changed afterwards');
  check('a value set, then changed by its owner', await keep.get('value'), { list: ['a', 'b'] });
  await keep.set('value', 'another');
  check('a value set again', await keep.get('value'), 'another');
  await keep.set('value', undefined);
  check('a value taken away', await keep.get('value'), undefined);
  await keep.set('blob', new Blob(['title,artist']));
  const blob = await keep.get('blob');
  check('a blob', blob instanceof Blob && (await blob.text()), 'title,artist');

  const first = await keep.add({ n: 1 });
  const second = await keep.add({ n: 2 });
  const third = await keep.add({ n: 3 });
  check('numbers grow', first < second && second < third, true);
  await keep.remove(second);
  check('entries, oldest first', await keep.entries(), [
    [first, { n: 1 }],
    [third, { n: 3 }],
  ]);
  check('values beside entries', (await keep.get('blob')) !== undefined, true);
  await keep.remove();
  check('all entries removed', await keep.entries(), []);
  await keep.add({ n: 4 });
  await keep.clear();
  check('everything removed', [await keep.entries(), (await keep.get('blob')) === undefined], [[], true]);
  return wrong;
};
