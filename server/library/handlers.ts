/** The handlers of the library's jobs. Each may be cut off anywhere and begun again. */
import type { JobHandler } from '../jobs/job-queue.ts';
import type { JobKind } from '../jobs/jobs.ts';
import { addSongs } from './add-songs.ts';
import { analysePart, analyseSongs } from './analyse-songs.ts';
import { completeSongs } from './complete-songs.ts';
import type { LibraryWork } from './library-work.ts';

export const libraryHandlers = (work: LibraryWork): Readonly<Record<JobKind, JobHandler>> => ({
  add: addSongs(work),
  complete: completeSongs(work),
  analyse: analyseSongs(work),
  'analyse-part': analysePart(work),
});
