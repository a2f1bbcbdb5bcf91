/** Long work: started, watched, ended. */
import { z } from 'zod';
import { SOURCE_NAMES } from '../../node/crawl/source-names.ts';
import { SONG_FIELDS } from '../../node/import/song-record.ts';
import { route } from './route.ts';
import { contact, job, jobId } from './shapes.ts';

export const JOB_ROUTES = {
  addJob: route({
    method: 'POST',
    path: '/jobs',
    group: 'Jobs',
    summary: 'Starts long work: adding a folder, file or address, asking services about songs, finding emotions',
    body: z.discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('add'),
        source: z.string().min(1).max(4000).describe('A path on the server’s machine, or an http address.'),
        columns: z.partialRecord(z.enum(SONG_FIELDS), z.string().max(200)).optional(),
        contact,
      }),
      z.strictObject({ kind: z.literal('complete'), from: z.array(z.enum(SOURCE_NAMES)).min(1).max(10), contact }),
      z.strictObject({ kind: z.literal('analyse'), again: z.boolean().optional() }),
    ]),
    answer: job,
    localOnly: true,
  }),
  addFile: route({
    method: 'POST',
    path: '/jobs/file',
    group: 'Jobs',
    summary: 'Adds the songs of a table or playlist that is sent (.csv .tsv .xlsx .m3u .m3u8 .xspf .jspf), as a job',
    body: 'file',
    answer: job,
    localOnly: true,
    problems: [
      'upload/no-file',
      'upload/kind',
      'upload/too-large',
      'upload/slow',
      'upload/aborted',
      'upload/disk-full',
    ],
  }),
  listJobs: route({
    method: 'GET',
    path: '/jobs',
    group: 'Jobs',
    summary: 'What is being done and was done, latest first',
    query: z.object({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
    answer: z.object({ jobs: z.array(job) }),
    localOnly: true,
  }),
  getJob: route({
    method: 'GET',
    path: '/jobs/{id}',
    group: 'Jobs',
    summary: 'One job, and how far it is',
    params: z.object({ id: jobId }),
    answer: job,
    localOnly: true,
    problems: ['jobs/none'],
  }),
  watchJob: route({
    method: 'GET',
    path: '/jobs/{id}/progress',
    group: 'Jobs',
    summary: 'How far a job is: a line whenever that changes, until it ends',
    params: z.object({ id: jobId }),
    answer: { lines: job },
    localOnly: true,
    problems: ['jobs/none'],
  }),
  cancelJob: route({
    method: 'POST',
    path: '/jobs/{id}/cancel',
    group: 'Jobs',
    summary: 'Ends a job; what it did stays',
    params: z.object({ id: jobId }),
    answer: job,
    localOnly: true,
    problems: ['jobs/none'],
  }),
  retryJob: route({
    method: 'POST',
    path: '/jobs/{id}/retry',
    group: 'Jobs',
    summary: 'Goes on with a job that failed or was cancelled',
    params: z.object({ id: jobId }),
    answer: job,
    localOnly: true,
    problems: ['jobs/none'],
  }),
} as const;
