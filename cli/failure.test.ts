/** What a failed command tells: its code, its sentence, its exit code. */
import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { InvalidInputError, UnavailableError } from '../src/base/errors.ts';
import { describeFailure } from './failure.ts';

test('errors of Attune and of the command line keep their code and sentence', () => {
  expect(describeFailure(new InvalidInputError('data/row', 'A row.'))).toEqual({
    code: 'data/row',
    message: 'A row.',
    exitCode: 2,
  });
  expect(describeFailure(new UnavailableError('model/missing', 'None.'))).toMatchObject({ exitCode: 1 });
  expect(describeFailure(new CommanderError(1, 'x', 'error: unknown option'))).toEqual({
    code: 'cli/usage',
    message: 'Unknown option',
    exitCode: 2,
  });
});

test.each([
  ['ENOSPC', 'system/disk-full', /^The disk is full \(\/runs\/a\/loss\.svg\): make room/],
  ['EDQUOT', 'system/disk-full', /^The disk is full/],
  ['EACCES', 'system/denied', /^\/runs\/a\/loss\.svg may not be read or written/],
  ['EROFS', 'system/denied', /^\/runs\/a\/loss\.svg may not/],
])('%s is no fault of Attune', (code, stable, sentence) => {
  const error = Object.assign(new Error(`${code}: no`), { code, path: '/runs/a/loss.svg' });
  expect(describeFailure(error)).toEqual({ code: stable, message: expect.stringMatching(sentence), exitCode: 1 });
});

test('anything else is a fault of Attune', () => {
  const failed = (code: string, syscall: string) => Object.assign(new Error(code), { code, syscall });
  expect(describeFailure(failed('EACCES', 'listen'))).toMatchObject({ code: 'cli/failed' });
  expect(describeFailure(failed('ENOSPC', 'watch'))).toMatchObject({ code: 'cli/failed' });
  expect(describeFailure(failed('ENOSPC', 'write'))).toMatchObject({ message: expect.stringMatching(/full: make/) });
  expect(describeFailure(new TypeError('no function'))).toMatchObject({
    code: 'cli/failed',
    message: expect.stringContaining('no function'),
  });
});
