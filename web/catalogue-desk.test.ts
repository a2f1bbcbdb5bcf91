/** Files that are chosen faster than they are read. */
import { expect, it } from 'vitest';
import { type CatalogueAnswer, createCatalogueDesk } from './catalogue-desk.ts';

const csv = (count: number): Blob =>
  new Blob([
    'title,artist,year,language,emotion,tags,typical\n',
    ...Array.from({ length: count }, (_, n) => `Song ${n},Band ${n % 9},2024,en,happy,cheerful;pop,\n`),
  ]);

const openDesk = () => {
  const answers: CatalogueAnswer[] = [];
  const ask = createCatalogueDesk((answer) => answers.push(answer));
  return {
    ask,
    of: (id: number): CatalogueAnswer | undefined =>
      answers.findLast((one) => one.id === id && one.kind !== 'progress'),
  };
};

it('of two files the one chosen last counts, although the first takes longer', async () => {
  const { ask, of } = openDesk();
  const slow = ask({ id: 1, kind: 'own', csv: csv(40_000) });
  await ask({ id: 2, kind: 'own', csv: csv(30) });
  await slow;
  expect(of(1)).toMatchObject({ kind: 'read', count: 40_000 });
  expect(of(2)).toMatchObject({ kind: 'read', count: 30 });
  await ask({ id: 3, kind: 'join', shippedUrl: undefined, own: true, library: false });
  expect(of(3)).toMatchObject({ kind: 'joined', packed: { size: 30 } });
});

it('a file that cannot be read leaves none', async () => {
  const { ask, of } = openDesk();
  await ask({ id: 1, kind: 'own', csv: csv(30) });
  await ask({ id: 2, kind: 'own', csv: new Blob(['no,such\ncolumns,here\n']) });
  expect(of(2)).toMatchObject({ kind: 'failed', problem: { code: 'catalogue/columns' } });
  await ask({ id: 3, kind: 'join', shippedUrl: undefined, own: true, library: false });
  expect(of(3)).toEqual({ id: 3, kind: 'joined', packed: undefined });
});
