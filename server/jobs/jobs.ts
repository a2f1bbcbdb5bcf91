/** What a job is, for those who start, watch and do them. */
import type { ImportProblem } from '../../node/import/song-record.ts';

/** `add` reads a source into the library, `complete` asks services about its songs, `analyse` finds emotions, `analyse-part` a few of them. */
export const JOB_KINDS = ['add', 'complete', 'analyse', 'analyse-part'] as const;
export type JobKind = (typeof JOB_KINDS)[number];

export const JOB_STATES = ['waiting', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

export interface JobProgress {
  readonly done?: number;
  /** Absent while nobody knows. */
  readonly total?: number;
  /** What is being done, in a few words. */
  readonly message?: string;
}

export interface Job extends JobProgress {
  readonly id: string;
  readonly kind: JobKind;
  readonly input: unknown;
  readonly state: JobState;
  /** The first of them. */
  readonly problems: readonly ImportProblem[];
  readonly problemCount: number;
  readonly result?: Readonly<Record<string, unknown>>;
  /** Why it failed, or what it waits after. */
  readonly error?: { readonly code: string; readonly message: string };
  readonly tries: number;
  /** Who does it, or did. */
  readonly worker?: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly endedAt?: string;
  /** The job it is a part of. */
  readonly parent?: string;
}
