/** The contract of api.ts as an OpenAPI 3.1 document, and as a page for people. */
import { z } from 'zod';
import { API_PREFIX, problem, ROUTES, type Route } from './api.ts';
import { JSON_LINES } from './json-lines.ts';

/** Problems that any path may answer with. */
const COMMON_PROBLEMS = ['server/host', 'server/origin', 'api/bad-request', 'server/failed'];
const STORE_GROUPS: readonly Route['group'][] = ['Music', 'Songs', 'Jobs', 'Listener', 'Data'];
/** Problems of whatever asks the store: it is opened when something first does. */
const STORE_PROBLEMS = [
  'server/no-store',
  'store/in-use',
  'store/newer',
  'store/engine',
  'store/damaged',
  'store/upgrade',
  'store/read-only',
  'store/disk-full',
  'store/lost',
  'store/denied',
  'store/no-pgvector',
  'store/url',
  'store/erasing',
];
/** Of a body by its kind. */
const FILE_PROBLEMS = ['upload/no-file', 'upload/too-large', 'upload/slow', 'upload/aborted', 'upload/disk-full'];
const LINES_PROBLEMS = ['api/line', 'api/media-type', 'api/too-large', 'upload/aborted'];
const JSON_PROBLEMS = ['api/json', 'api/media-type', 'api/too-large'];

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): object => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
};

/** All codes a path may answer with. */
const problemsOf = ({ problems = [], params, query, body, localOnly, group }: Route): string[] => [
  ...new Set([
    ...problems,
    ...(params || query || (body && body !== 'file') ? ['api/invalid'] : []),
    ...(body === undefined ? [] : body === 'file' ? FILE_PROBLEMS : 'lines' in body ? LINES_PROBLEMS : JSON_PROBLEMS),
    ...(localOnly ? ['server/not-here'] : []),
    ...(STORE_GROUPS.includes(group) ? STORE_PROBLEMS : []),
    ...COMMON_PROBLEMS,
  ]),
];

const contentOf = (part: NonNullable<Route['body'] | Route['answer']>, io: 'input' | 'output'): object => {
  if (part === 'file')
    return {
      'multipart/form-data': {
        schema: {
          type: 'object',
          required: ['file'],
          properties: { file: { type: 'string', contentMediaType: 'application/octet-stream' } },
        },
      },
    };
  if (part === 'none') return {};
  if ('lines' in part)
    return {
      [JSON_LINES]: {
        schema: { type: 'string', description: 'One JSON value a line.' },
        'x-line': schemaOf(part.lines, io),
      },
    };
  return { 'application/json': { schema: schemaOf(part, io) } };
};

const parametersOf = (place: 'path' | 'query', object: z.ZodObject | undefined): object[] =>
  Object.entries(object?.shape ?? {}).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path' || !(schema as z.ZodType).safeParse(undefined).success,
    schema: schemaOf(schema as z.ZodType, 'input'),
  }));

const operation = (name: string, route: Route): object => ({
  operationId: name,
  tags: [route.group],
  summary: route.summary,
  parameters: [...parametersOf('path', route.params), ...parametersOf('query', route.query)],
  ...(route.body === undefined ? {} : { requestBody: { required: true, content: contentOf(route.body, 'input') } }),
  responses: {
    ...(route.answer === 'none'
      ? { 204: { description: 'Done.' } }
      : { 200: { description: 'The answer.', content: contentOf(route.answer, 'output') } }),
    default: {
      description: `A problem document (RFC 9457); its code is one of: ${problemsOf(route).join(', ')}.`,
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  },
});

export const openApiDocument = (version: string): object => {
  const paths: Record<string, Record<string, object>> = {};
  for (const [name, route] of Object.entries(ROUTES) as [string, Route][]) {
    const path = `${API_PREFIX}${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(name, route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Attune',
      version,
      description:
        'Reads which emotion a face shows, and builds a playlist that meets that mood or moves it. On your own machine.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    paths,
    components: { schemas: { Problem: schemaOf(problem, 'output') } },
  };
};

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const describePart = (part: NonNullable<Route['body'] | Route['answer']>, io: 'input' | 'output'): string => {
  if (part === 'file') return '<p>multipart/form-data with one part <code>file</code>.</p>';
  if (part === 'none') return '<p>204, no body.</p>';
  const [words, schema] = 'lines' in part ? [`<p>${JSON_LINES}, each line:</p>`, part.lines] : ['', part];
  return `${words}<pre tabindex="0"><code>${escapeHtml(JSON.stringify(schemaOf(schema, io), null, 2))}</code></pre>`;
};

const describeRoute = (name: string, route: Route): string => `
<section id="${name}">
<h3><code>${route.method} ${API_PREFIX}${escapeHtml(route.path)}</code></h3>
<p>${escapeHtml(route.summary)}.${route.localOnly ? ' Only from the machine Attune runs on.' : ''}</p>
${
  route.query ? `<details><summary>Query</summary>${describePart(route.query, 'input')}</details>` : ''
}${route.body ? `<details><summary>Body</summary>${describePart(route.body, 'input')}</details>` : ''}
<details><summary>Answer</summary>${describePart(route.answer, 'output')}</details>
<details><summary>Problems</summary><p>${problemsOf(route)
  .map((code) => `<code>${code}</code>`)
  .join(', ')}</p></details>
</section>`;

export const docsPage = (version: string): string => {
  const routes = Object.entries(ROUTES) as [string, Route][];
  const groups = [...new Set(routes.map(([, { group }]) => group))];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Attune ${escapeHtml(version)}: the API</title>
<link rel="stylesheet" href="/api/docs/style.css">
</head>
<body>
<header>
<h1>Attune's API</h1>
<p>Version ${escapeHtml(version)}. The same as an <a href="${API_PREFIX}/openapi.json">OpenAPI 3.1 document</a>. Every answer with a status of 400
and above is a problem document (RFC 9457) whose <code>code</code> is stable and whose <code>detail</code> is for people.</p>
<nav aria-label="Paths"><ul>${groups.map((group) => `<li><a href="#${group}">${group}</a></li>`).join('')}</ul></nav>
</header>
<main>
${groups
  .map(
    (group) =>
      `<h2 id="${group}">${group}</h2>${routes
        .filter(([, route]) => route.group === group)
        .map(([name, route]) => describeRoute(name, route))
        .join('')}`,
  )
  .join('\n')}
</main>
</body>
</html>
`;
};

export const DOCS_STYLE = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
h3 { margin-bottom: 0; font-size: 1rem; }
section { border-top: 1px solid color-mix(in srgb, currentcolor 25%, transparent); padding: 0.5rem 0; }
section > p { margin: 0.25rem 0; }
nav ul { display: flex; flex-wrap: wrap; gap: 1rem; list-style: none; padding: 0; }
summary { cursor: pointer; min-height: 24px; }
pre { overflow-x: auto; padding: 0.75rem; background: color-mix(in srgb, currentcolor 7%, transparent); }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
`;
