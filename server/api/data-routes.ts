/** Everything that is kept: told, taken out, taken back, erased. */
import { z } from 'zod';
import { route } from './route.ts';

export const DATA_ROUTES = {
  describeData: route({
    method: 'GET',
    path: '/data',
    group: 'Data',
    summary: 'Where the listener’s data lies and how much there is',
    answer: z.object({
      engine: z.enum(['pglite', 'postgresql']),
      where: z.string(),
      schema: z.number(),
      bytes: z.number(),
      songs: z.number(),
      readings: z.number(),
      feedback: z.number(),
      vectors: z.number(),
    }),
    localOnly: true,
  }),
  exportData: route({
    method: 'GET',
    path: '/data/export',
    group: 'Data',
    summary: 'Everything kept, one JSON record a line',
    answer: {
      lines: z.object({
        kind: z.enum(['attune', 'song', 'vector', 'typical', 'reading', 'feedback', 'setting', 'end']),
      }),
    },
    localOnly: true,
  }),
  importData: route({
    method: 'POST',
    path: '/data/import',
    group: 'Data',
    summary: 'Takes an export back, on top of what is there; a damaged, foreign or newer one is refused whole',
    body: { lines: z.unknown() },
    answer: z.object({
      songs: z.number(),
      vectors: z.number(),
      typical: z.number().describe('Emotions with typical songs.'),
      readings: z.number().describe('Only those that were not there.'),
      feedback: z.number().describe('Only those that were not there.'),
      settings: z.number(),
      passedOver: z.number().describe('Lines of kinds that are not the library’s, the page’s own for example.'),
    }),
    localOnly: true,
    problems: ['data/foreign', 'data/damaged', 'data/newer', 'upload/slow', 'upload/aborted', 'upload/disk-full'],
  }),
  eraseData: route({
    method: 'DELETE',
    path: '/data',
    group: 'Data',
    summary: 'Forgets everything, for good',
    body: z.strictObject({ confirm: z.literal('erase everything') }),
    answer: 'none',
    localOnly: true,
  }),
} as const;
