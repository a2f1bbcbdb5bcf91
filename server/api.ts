/** The contract between the server and everything that talks to it: paths and the shapes of answers. Types only. */

/** `GET /api/v1/health`: whether the server runs and what it can serve. */
export interface Health {
  readonly status: 'ok';
  /** Attune's version, for example `0.1.0`. */
  readonly version: string;
  /** Which of the files the page needs are there. */
  readonly files: {
    readonly page: boolean;
    readonly faceDetector: boolean;
    readonly expressionModel: boolean;
    readonly catalogue: boolean;
  };
}

/** The body of every answer with a status of 400 and above. `code` is stable, `message` is for people. */
export interface ApiError {
  readonly error: { readonly code: string; readonly message: string };
}
