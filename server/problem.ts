/** Errors as answers: problem documents (RFC 9457) with a stable code and the status that goes with it. */
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AttuneError, InvalidInputError, NoAnswerError, UnavailableError } from '../src/base/errors.ts';
import type { Problem } from './api.ts';

/** A request that cannot be answered, with the status to say so. */
export class ApiError extends AttuneError {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly errors: Problem['errors'];
  /** Seconds after which another try may do. */
  readonly retryAfter: number | undefined;

  constructor(
    status: number,
    code: string,
    message: string,
    more: { errors?: Problem['errors']; retryAfter?: number; cause?: unknown } = {},
  ) {
    super(code, message, { cause: more.cause });
    this.status = status;
    this.errors = more.errors;
    this.retryAfter = more.retryAfter;
  }
}

/** Codes whose status their class alone does not tell. */
const STATUSES: Readonly<Record<string, number>> = {
  'store/no-song': 404,
  'jobs/none': 404,
  'store/disk-full': 507,
  'photo/too-large': 413,
  'photo/heic': 415,
  'photo/unreadable': 415,
  'audio/unreadable': 415,
  'audio/no-sound': 415,
  'audio/too-short': 415,
  'video/unreadable': 415,
  'video/no-picture': 415,
  'video/empty': 415,
};

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request cannot be used',
  403: 'Not allowed from there',
  404: 'Nothing there',
  405: 'Not this way',
  408: 'Too slow',
  413: 'Too large',
  415: 'Not of a kind that can be used',
  422: 'No answer',
  429: 'Busy',
  500: 'The server failed',
  503: 'Not to be had here',
  507: 'No room',
};

/** What fastify itself refuses, by its code. */
const FASTIFY_PROBLEMS: Readonly<Record<string, readonly [status: number, code: string, message: string]>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: [400, 'api/json', 'The body is no JSON: send one JSON value as UTF-8.'],
  FST_ERR_CTP_EMPTY_JSON_BODY: [400, 'api/json', 'The body is empty: send one JSON value as UTF-8.'],
  FST_ERR_CTP_BODY_TOO_LARGE: [413, 'api/too-large', 'The body is too large: send at most 1 MiB of JSON.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    415,
    'api/media-type',
    'The body is of a type this path does not take: /api/docs says which it does.',
  ],
};

const statusOf = (error: AttuneError): number => {
  const known = STATUSES[error.code];
  if (known !== undefined) return known;
  if (error instanceof ApiError) return error.status;
  if (error instanceof InvalidInputError) return 400;
  if (error instanceof NoAnswerError) return 422;
  return error instanceof UnavailableError ? 503 : 500;
};

export const sendProblem = (
  reply: FastifyReply,
  status: number,
  code: string,
  detail: string,
  errors?: Problem['errors'],
): FastifyReply =>
  reply
    .code(status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: `urn:attune:problem:${code}`,
        title: TITLES[status] ?? 'The request failed',
        status,
        detail,
        code,
        ...(errors === undefined ? {} : { errors }),
      } satisfies Problem),
    );

/** Answers for whatever was thrown; what only a fault in Attune can throw is logged, and its words stay in the log. */
export const answerError = (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
  if (error instanceof AttuneError) {
    const status = statusOf(error);
    if (status >= 500) request.log.warn(error);
    const retryAfter = error instanceof ApiError ? error.retryAfter : status === 503 ? 5 : undefined;
    if (retryAfter !== undefined) reply.header('retry-after', String(retryAfter));
    return sendProblem(reply, status, error.code, error.message, error instanceof ApiError ? error.errors : undefined);
  }
  const { code = '', statusCode = 500, message } = error as FastifyError;
  const known = FASTIFY_PROBLEMS[code];
  if (known) return sendProblem(reply, ...known);
  if (statusCode < 500) return sendProblem(reply, statusCode, 'api/bad-request', message);
  request.log.error(error);
  return sendProblem(reply, 500, 'server/failed', 'The server failed on this request: its log says more.');
};
