/** Asks the server that the page came from; its errors come as they come out of the library: with a code and the way out. */
import type { z } from 'zod';
import type { Routes } from '../server/api.ts';
import { AttuneError } from '../src/base/errors.ts';

type AnswerOf<Name extends keyof Routes> = Routes[Name]['answer'] extends z.ZodType
  ? z.output<Routes[Name]['answer']>
  : never;

export type Health = AnswerOf<'health'>;
export type SongPage = AnswerOf<'listSongs'>;
export type StoredSong = SongPage['songs'][number];
export type SongFacets = AnswerOf<'songFacets'>;
export type SongCounts = AnswerOf<'countSongs'>;
export type SimilarSongs = AnswerOf<'similarSongs'>;
export type Job = AnswerOf<'addJob'>;
export type DataDescription = AnswerOf<'describeData'>;
export type Feedback = AnswerOf<'listFeedback'>['feedback'][number];
export type StoredReading = AnswerOf<'listReadings'>['readings'][number];

const JSON_LINES = { 'content-type': 'application/x-ndjson' };

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly json?: unknown;
  /** Sent as it is. */
  readonly body?: FormData | { readonly lines: Blob };
  readonly signal?: AbortSignal;
}

/** What a server says of a request it refuses, in the words of its contract. */
const failureOf = async (answer: Response): Promise<AttuneError> => {
  const { code = 'server/failed', detail = `The server answered ${answer.status}.` } = (await answer
    .json()
    .catch(() => ({}))) as { code?: string; detail?: string };
  return new AttuneError(code, detail);
};

/**
 * @param base the page's own address
 * @throws every question {AttuneError} `server/lost`: nobody answers; or whatever the server says. An aborted one: its reason.
 */
export const createServerClient = (base: string) => {
  const send = async (
    path: string,
    { method = 'GET', query = {}, json, body, signal }: Ask = {},
  ): Promise<Response> => {
    const address = new URL(`api/v1${path}`, base);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) address.searchParams.set(name, String(value));
    const answer = await fetch(address, {
      method,
      ...(signal && { signal }),
      ...(body && ('lines' in body ? { body: body.lines, headers: JSON_LINES } : { body })),
      ...(json !== undefined && { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }),
    }).catch((cause: unknown) => {
      throw signal?.aborted ? cause : lost(cause);
    });
    if (!answer.ok) throw await failureOf(answer);
    return answer;
  };
  return {
    ask: async <Answer>(path: string, given?: Ask): Promise<Answer> =>
      (await (await send(path, given)).json()) as Answer,
    tell: async (path: string, given: Ask): Promise<void> => {
      await (await send(path, given)).arrayBuffer();
    },
    blob: async (path: string): Promise<Blob> => (await send(path)).blob(),
    /** The values of an answer that is one JSON value a line, as they come. */
    lines: async function* <Item>(path: string, given?: Ask): AsyncGenerator<Item> {
      const answer = await send(path, given);
      const reader = answer.body?.getReader();
      if (!reader) return;
      const decoder = new TextDecoder();
      let rest = '';
      try {
        for (;;) {
          const { done, value } = await reader.read().catch((cause: unknown) => {
            throw given?.signal?.aborted ? cause : lost(cause);
          });
          if (done) return;
          const parts = (rest + decoder.decode(value, { stream: true })).split('\n');
          rest = parts.pop() ?? '';
          for (const part of parts) if (part !== '') yield JSON.parse(part) as Item;
        }
      } finally {
        void reader.cancel().catch(() => undefined);
      }
    },
  };
};

export type ServerClient = ReturnType<typeof createServerClient>;

const lost = (cause: unknown): AttuneError =>
  new AttuneError('server/lost', 'The server of this page does not answer: start "attune serve" again.', { cause });
