/** Fills the library: a path or an address, and the work that came of it, with its progress and its way out. */
import { useSignal } from '@preact/signals';
import { cancelJob, hideJob, isOver, libraryJobs, libraryTotal, retryJob, sendFile, startJob } from '../library.ts';
import { type Problem, toProblem } from '../protocol.ts';
import { sentence } from '../sentence.ts';
import type { Job } from '../server-client.ts';
import { text } from '../strings/index.ts';

/** What became of a job, in words. */
const outcome = ({ kind, state, result, done, total, error }: Job): string => {
  const words = text().library;
  const count = (name: string): number => Number(result?.[name] ?? 0);
  if (state === 'failed' && error) return sentence(error);
  if (state === 'done' && kind === 'add') return words.added(count('added'), count('updated'), count('unchanged'));
  return done === undefined ? '' : words.progress(done, state === 'done' ? (total ?? done) : total);
};

const JobRow = ({ job }: { readonly job: Job }) => {
  const words = text().library;
  const problem = useSignal<Problem | undefined>(undefined);
  if (job.kind === 'analyse-part') return null;
  const act = (work: Promise<unknown>): void => {
    problem.value = undefined;
    work.catch((error: unknown) => {
      problem.value = toProblem(error);
    });
  };
  const { done = 0, total } = job;
  const { source } = job.input;
  const name = [words.job[job.kind], typeof source === 'string' ? source : ''].filter(Boolean).join(': ');
  return (
    <li class="job">
      <p class="job-name">
        <b>{name}</b> <span class="song-facts">{words.state[job.state]}</span>
      </p>
      <div class="actions">
        {isOver(job) ? (
          <>
            {job.state !== 'done' && (
              <button
                type="button"
                class="link"
                aria-label={`${words.retry}: ${name}`}
                onClick={() => act(retryJob(job))}
              >
                {words.retry}
              </button>
            )}
            <button type="button" class="link" aria-label={`${words.hide}: ${name}`} onClick={() => hideJob(job)}>
              {words.hide}
            </button>
          </>
        ) : (
          <button
            type="button"
            class="link"
            aria-label={`${words.cancel}: ${name}`}
            onClick={() => act(cancelJob(job))}
          >
            {words.cancel}
          </button>
        )}
      </div>
      {!isOver(job) && (
        <progress aria-label={name} max={1} {...(total !== undefined && total > 0 && { value: done / total })} />
      )}
      <p class="hint">{outcome(job)}</p>
      {job.problemCount > 0 && (
        <details>
          <summary>{words.problems(job.problemCount)}</summary>
          <ul class="job-problems">
            {job.problems.map(({ source, place, code, message }, index) => (
              <li key={index}>{[source, place, sentence({ code, message })].filter(Boolean).join(': ')}</li>
            ))}
          </ul>
        </details>
      )}
      {problem.value && <p role="alert">{sentence(problem.value)}</p>}
    </li>
  );
};

export const LibraryAdd = () => {
  const words = text().library;
  const source = useSignal('');
  const problem = useSignal<Problem | undefined>(undefined);
  const begin = async (work: Promise<void>): Promise<void> => {
    problem.value = undefined;
    try {
      await work;
    } catch (error) {
      problem.value = toProblem(error);
    }
  };
  const jobs = libraryJobs.value;
  return (
    <section aria-labelledby="add-title">
      <h3 id="add-title">{words.addTitle}</h3>
      <p id="add-lead">{words.addLead}</p>
      <form
        class="add-form"
        onSubmit={(event) => {
          event.preventDefault();
          const given = source.value.trim();
          if (given === '') return;
          source.value = '';
          void begin(startJob({ kind: 'add', source: given }));
        }}
      >
        <label class="field">
          <span>{words.path}</span>
          <input
            type="text"
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            placeholder={words.pathExample}
            aria-describedby="add-lead"
            value={source.value}
            onInput={(event) => {
              source.value = event.currentTarget.value;
            }}
          />
        </label>
        <button type="submit" class="button primary">
          {words.add}
        </button>
        <label class="button">
          <input
            class="unseen"
            type="file"
            accept=".csv,.tsv,.xlsx,.m3u,.m3u8,.xspf,.jspf"
            onChange={(event) => {
              const input = event.currentTarget;
              const file = input.files?.[0];
              if (file) void begin(sendFile(file));
              input.value = '';
            }}
          />
          {words.send}
        </label>
        {(libraryTotal.value ?? 0) > 0 && (
          <button
            type="button"
            class="button"
            title={words.analyseHint}
            onClick={() => void begin(startJob({ kind: 'analyse' }))}
          >
            {words.analyse}
          </button>
        )}
      </form>
      {problem.value && <p role="alert">{sentence(problem.value)}</p>}
      {jobs.length > 0 && (
        <ul class="jobs" aria-label={words.jobs}>
          {jobs.map((job) => (
            <JobRow key={job.id} job={job} />
          ))}
        </ul>
      )}
      <p class="unseen" role="status">
        {jobs[0] && jobs[0].kind !== 'analyse-part' && isOver(jobs[0])
          ? `${words.job[jobs[0].kind]}: ${words.state[jobs[0].state]}. ${outcome(jobs[0])}`
          : ''}
      </p>
    </section>
  );
};
