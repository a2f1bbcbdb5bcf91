/** What a database says when it fails, as one sentence with the way out. */
import { expect, it } from 'vitest';
import { InvalidInputError } from '../../src/base/errors.ts';
import { explainDatabaseError } from './failures.ts';

const failure = (code: string | undefined, message = 'no'): Error =>
  Object.assign(new Error('Failed query'), {
    cause: Object.assign(new Error(message), code === undefined ? {} : { code }),
  });

it.each([
  ['ENOSPC', 'working', 'store/disk-full'],
  ['53100', 'working', 'store/disk-full'],
  ['EROFS', 'opening', 'store/read-only'],
  ['28P01', 'connecting', 'store/denied'],
  ['ECONNREFUSED', 'connecting', 'store/lost'],
  ['EAI_AGAIN', 'connecting', 'store/lost'],
  ['53300', 'working', 'store/lost'],
  ['57P03', 'connecting', 'store/lost'],
  [undefined, 'opening', 'store/damaged'],
] as const)('%s while %s is %s', (code, during, expected) => {
  expect(explainDatabaseError(failure(code), '/data', during)).toMatchObject({ code: expected });
});

it('a server that cannot be used is never said to be a damaged folder', () => {
  const explained = explainDatabaseError(
    failure(undefined, 'The server does not support SSL connections'),
    'postgresql://db/attune',
    'connecting',
  ) as Error;
  expect(explained).toMatchObject({ code: 'store/denied' });
  expect(explained.message).toMatch(/does not support SSL connections.*check DATABASE_URL/);
  expect(explained.message).not.toMatch(/backups|erase/);
});

it('errors of ours, and faults, stay as they are', () => {
  const ours = new InvalidInputError('store/song', 'No title.');
  const fault = new TypeError('undefined is no function');
  expect(explainDatabaseError(ours, '/data', 'opening')).toBe(ours);
  expect(explainDatabaseError(fault, '/data', 'working')).toBe(fault);
});
