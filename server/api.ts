/** The contract between the server and everything that talks to it: every path, what it takes and what it answers. */
import { z } from 'zod';
import { DATA_ROUTES } from './api/data-routes.ts';
import { JOB_ROUTES } from './api/job-routes.ts';
import { LISTENER_ROUTES } from './api/listener-routes.ts';
import { MUSIC_ROUTES } from './api/music-routes.ts';
import { READING_ROUTES } from './api/reading-routes.ts';
import { route } from './api/route.ts';
import { SONG_ROUTES } from './api/song-routes.ts';

export type { Route } from './api/route.ts';

/** Every path below lies under it. */
export const API_PREFIX = '/api/v1';

export const ROUTES = {
  health: route({
    method: 'GET',
    path: '/health',
    group: 'Server',
    summary: 'Whether the server runs, and what it can serve',
    answer: z.object({
      status: z.literal('ok'),
      version: z.string(),
      files: z.object({
        page: z.boolean(),
        faceDetector: z.boolean(),
        expressionModel: z.boolean(),
        catalogue: z.boolean(),
      }),
      store: z
        .enum(['none', 'empty', 'closed', 'open'])
        .describe('empty: nothing was ever kept. closed: opened when something first asks for it.'),
      here: z.boolean().describe('Whether who asks is on the server’s machine, and may do what only they may.'),
    }),
  }),
  ...READING_ROUTES,
  ...MUSIC_ROUTES,
  ...SONG_ROUTES,
  ...LISTENER_ROUTES,
  ...JOB_ROUTES,
  ...DATA_ROUTES,
} as const;

export type Routes = typeof ROUTES;
export type RouteName = keyof Routes;
/** What `GET /api/v1/health` answers. */
export type Health = z.output<Routes['health']['answer']>;

/**
 * The body of every answer with a status of 400 and above: application/problem+json (RFC 9457). `code` is stable, `detail` is for
 * people.
 */
export const problem = z.object({
  type: z.string().describe('urn:attune:problem: and the code.'),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  code: z.string(),
  errors: z.array(z.object({ where: z.string(), path: z.string(), message: z.string() })).optional(),
});
export type Problem = z.output<typeof problem>;
