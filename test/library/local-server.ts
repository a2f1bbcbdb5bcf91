/** A server on this machine that stands in for places on the internet, and remembers what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LocalServer {
  /** `http://127.0.0.1:PORT` */
  readonly base: string;
  readonly host: string;
  /** Paths with queries, in the order they came; robots.txt left out. */
  readonly asked: string[];
  readonly agents: string[];
  readonly times: number[];
  close(): Promise<void>;
}

/** @param answer is given every request but those for robots.txt; that is `robots`, or 404 without it */
export const startLocalServer = async (
  answer: (request: IncomingMessage & { readonly url: string }, response: ServerResponse) => void,
  robots?: (response: ServerResponse) => void,
): Promise<LocalServer> => {
  const asked: string[] = [];
  const agents: string[] = [];
  const times: number[] = [];
  const server = createServer((request, response) => {
    const url = request.url ?? '';
    if (url === '/robots.txt') {
      if (robots) robots(response);
      else response.writeHead(404).end();
      return;
    }
    asked.push(url);
    agents.push(request.headers['user-agent'] ?? '');
    times.push(performance.now());
    answer(Object.assign(request, { url }), response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    base: `http://127.0.0.1:${port}`,
    host: `127.0.0.1:${port}`,
    asked,
    agents,
    times,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};

export const sendJson = (response: ServerResponse, value: unknown, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value));
};
