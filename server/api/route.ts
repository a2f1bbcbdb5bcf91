/** The form that every path of the contract has. */
import type { z } from 'zod';

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `API_PREFIX`, parameters in braces. */
  readonly path: string;
  readonly group: 'Readings' | 'Music' | 'Songs' | 'Jobs' | 'Listener' | 'Data' | 'Server';
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** 'file': multipart/form-data with one part `file`. 'lines': JSON, one a line. */
  readonly body?: z.ZodType | 'file' | { readonly lines: z.ZodType };
  /** 'none': 204. */
  readonly answer: z.ZodType | 'none' | { readonly lines: z.ZodType };
  /** Only for programs on this machine, wherever else the server may be reached from. */
  readonly localOnly?: boolean;
  /** The codes of problems this path may answer with, besides those any may. */
  readonly problems?: readonly string[];
}

/** Checks a path against the form all have, and keeps its own type. */
export const route = <const Given extends Route>(given: Given): Given => given;
/** What an upload may be refused with. */
export const UPLOAD_PROBLEMS = [
  'upload/too-large',
  'upload/slow',
  'upload/aborted',
  'upload/no-file',
  'server/busy',
  'face/none',
];
