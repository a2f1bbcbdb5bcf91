/** Asks a server that is running, as the command line beside it does; its problems are errors again. */
import { InvalidInputError, NoAnswerError, UnavailableError } from '../../src/base/errors.ts';

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly json?: unknown;
  readonly lines?: readonly unknown[];
}

const failureOf = async (answer: Response): Promise<Error> => {
  const { code = 'server/failed', detail = `The server answered ${answer.status}.` } = (await answer
    .json()
    .catch(() => ({}))) as { code?: string; detail?: string };
  if (answer.status === 422) return new NoAnswerError(code, detail);
  return answer.status < 500 ? new InvalidInputError(code, detail) : new UnavailableError(code, detail);
};

export interface ServerClient {
  ask<Answer>(path: string, given?: Ask): Promise<Answer>;
  /** Where there is no answer but that it was done. */
  tell(path: string, given: Ask): Promise<void>;
  lines<Item>(path: string): AsyncGenerator<Item>;
}

/**
 * @param url where the server answers, for example http://127.0.0.1:8320
 * @throws what the server refuses with, under its code; {UnavailableError} `store/lost`: nobody answers there any more.
 */
export const createServerClient = (url: string): ServerClient => {
  const send = async (path: string, { method = 'GET', query = {}, json, lines }: Ask = {}): Promise<Response> => {
    const address = new URL(`/api/v1${path}`, url);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) address.searchParams.set(name, String(value));
    const body = lines
      ? lines.map((line) => `${JSON.stringify(line)}\n`).join('')
      : json === undefined
        ? undefined
        : JSON.stringify(json);
    let answer: Response;
    try {
      answer = await fetch(address, {
        method,
        ...(body === undefined
          ? {}
          : { body, headers: { 'content-type': lines ? 'application/x-ndjson' : 'application/json' } }),
      });
    } catch (cause) {
      throw lost(cause);
    }
    if (!answer.ok) throw await failureOf(answer);
    return answer;
  };
  const lost = (cause: unknown): UnavailableError =>
    new UnavailableError('store/lost', `The Attune at ${url} does not answer any more: try again, or start it anew.`, {
      cause,
    });
  const ask = async <Answer>(path: string, given?: Ask): Promise<Answer> =>
    (await (await send(path, given)).json()) as Answer;
  const tell = async (path: string, given: Ask): Promise<void> => {
    await (await send(path, given)).arrayBuffer();
  };
  async function* lines<Item>(path: string): AsyncGenerator<Item> {
    const answer = await send(path);
    let rest = '';
    const decoder = new TextDecoder();
    try {
      for await (const piece of answer.body ?? []) {
        const parts = (rest + decoder.decode(piece as Uint8Array, { stream: true })).split('\n');
        rest = parts.pop() ?? '';
        for (const part of parts) yield JSON.parse(part) as Item;
      }
    } catch (cause) {
      throw lost(cause);
    }
  }
  return { ask, tell, lines };
};
