/** Puts the contract of api.ts on the application: everything that comes in is checked against it before a handler sees it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { API_PREFIX, type Problem, ROUTES, type Route, type RouteName, type Routes } from './api.ts';
import { JSON_LINES, readJsonLines, writeJsonLines } from './json-lines.ts';
import { isHere } from './origin.ts';
import { ApiError } from './problem.ts';

type Checked<Given> = Given extends z.ZodType ? z.output<Given> : undefined;
type Body<Given> = Given extends { readonly lines: infer Line extends z.ZodType }
  ? AsyncIterable<z.output<Line>>
  : Checked<Given>;
type Part<Name extends RouteName, Key extends string> = Routes[Name] extends { readonly [K in Key]: infer Given }
  ? Given
  : undefined;

export interface HandlerInput<Name extends RouteName> {
  readonly params: Checked<Part<Name, 'params'>>;
  readonly query: Checked<Part<Name, 'query'>>;
  readonly body: Body<Part<Name, 'body'>>;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}
export type Handlers = {
  readonly [Name in RouteName]: (input: HandlerInput<Name>) => Promise<unknown> | AsyncIterable<unknown>;
};

const checkPart = (schema: z.ZodType, value: unknown, where: 'path' | 'query' | 'body'): unknown => {
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  const errors: NonNullable<Problem['errors']> = checked.error.issues.map(({ path, message }) => ({
    where,
    path: path.join('.'),
    message,
  }));
  const [first] = errors;
  const name = first?.path ? `"${first.path}" of the ${where}` : `The ${where}`;
  throw new ApiError(400, 'api/invalid', `${name} cannot be used: ${first?.message}.`, { errors });
};

const isLines = (part: Route['body'] | Route['answer']): part is { readonly lines: z.ZodType } =>
  typeof part === 'object' && 'lines' in part;

const checkBody = (body: Route['body'], request: FastifyRequest): unknown => {
  if (body === undefined || body === 'file') return undefined;
  if (!isLines(body)) return checkPart(body, request.body, 'body');
  if (!request.headers['content-type']?.startsWith(JSON_LINES))
    throw new ApiError(415, 'api/media-type', `Send one JSON value a line, as ${JSON_LINES}.`);
  return readJsonLines(request.body as AsyncIterable<Buffer>, body.lines);
};

const checkPlace = ({ localOnly }: Route, request: FastifyRequest): void => {
  if (localOnly && !isHere(request))
    throw new ApiError(
      403,
      'server/not-here',
      'Only programs and pages on the machine that Attune runs on may do this.',
    );
};

/** Bodies that were refused early are read on, so that the client gets to see why; but not for ever. */
const DRAIN_MS = 10_000;

export const addRoutes = (app: FastifyInstance, handlers: Handlers): void => {
  app.removeContentTypeParser('text/plain');
  app.addContentTypeParser(JSON_LINES, (_request, payload, done) => done(null, payload));
  app.addHook('onResponse', async ({ raw }) => {
    if (raw.complete || raw.destroyed) return;
    raw.unpipe();
    raw.resume();
    setTimeout(() => raw.destroy(), DRAIN_MS).unref();
  });
  for (const [name, given] of Object.entries(ROUTES)) {
    const route: Route = given;
    const handle = handlers[name as RouteName] as (input: object) => Promise<unknown> | AsyncIterable<unknown>;
    app.route({
      method: route.method,
      url: `${API_PREFIX}${route.path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      handler: async (request, reply) => {
        checkPlace(route, request);
        reply.header('cache-control', 'no-store');
        const result = handle({
          params: route.params && checkPart(route.params, request.params, 'path'),
          query: route.query && checkPart(route.query, request.query, 'query'),
          body: checkBody(route.body, request),
          request,
          reply,
        });
        if (isLines(route.answer))
          return reply.type(JSON_LINES).send(await writeJsonLines(result as AsyncIterable<unknown>));
        const answer = await result;
        return route.answer === 'none' ? reply.code(204).send() : reply.send(answer);
      },
    });
  }
};
