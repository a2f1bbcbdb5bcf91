/** The jobs that find songs' emotions: one lays out the parts, any number of workers do them. */
import { z } from 'zod';
import { EMOTIONS, type Emotion } from '../../src/base/emotions.ts';
import { UnavailableError } from '../../src/base/errors.ts';
import { EVIDENCE_SOURCES, type EvidenceSource } from '../../src/music/library-song.ts';
import type { JobHandler } from '../jobs/job-queue.ts';
import type { NewSong, SoundVector } from '../store/store.ts';
import type { Finding } from './analyser.ts';
import { inTimedBatches } from './batches.ts';
import { type LibraryWork, songsThere } from './library-work.ts';

const ANALYSE_INPUT = z.object({ again: z.boolean().optional() });
const PART_INPUT = z.object({
  source: z.enum(EVIDENCE_SOURCES),
  version: z.string(),
  /** The songs after this place in the order of ids, up to `last`. */
  cursor: z.string().optional(),
  last: z.string(),
  again: z.boolean(),
});

/** Songs a part: small enough to be done again, large enough to be worth a job. */
const PART = 200;
/** What was found in so long is written. */
const BATCH_MILLISECONDS = 2000;

export const analyseSongs =
  ({ store, analysers: open }: LibraryWork): JobHandler =>
  async (input, { signal, addParts }) => {
    const { again = false } = ANALYSE_INPUT.parse(input);
    const { analysers, missing } = await open();
    for (const { source, version, having } of analysers) {
      const filter = { ...(again ? {} : { lacking: { source, version } }), ...(having && { having }) };
      for (let cursor: string | undefined; ; ) {
        signal.throwIfAborted();
        const page = await store.listSongs({
          ...filter,
          order: 'id',
          limit: PART,
          ...(cursor !== undefined && { cursor }),
        });
        const last = page.songs.at(-1)?.id;
        const from = cursor === undefined ? {} : { cursor };
        if (last !== undefined) await addParts('analyse-part', [{ source, version, last, again, ...from }]);
        cursor = page.next;
        if (cursor === undefined) break;
      }
    }
    return { analysers: analysers.map(({ source, version }) => `${source} ${version}`), missing };
  };

/** What is kept of a song that has nothing to read: it counts for nothing, and says that it was looked at. */
const nothing = (source: EvidenceSource, version: string): Finding => ({
  source,
  version,
  confidence: 0,
  scores: Object.fromEntries(EMOTIONS.map((emotion) => [emotion, 1 / EMOTIONS.length])) as Record<Emotion, number>,
});

/** Whether only ffmpeg is lacking: one sentence about it says enough for all songs. */
const needsProgram = (error: unknown): error is UnavailableError =>
  error instanceof UnavailableError && error.code === 'audio/no-ffmpeg';

export const analysePart =
  ({ store, analysers: open }: LibraryWork): JobHandler =>
  async (input, { signal, progress, problem }) => {
    const { source, version, cursor, last, again } = PART_INPUT.parse(input);
    const { analysers } = await open();
    const analyser = analysers.find((one) => one.source === source && one.version === version);
    if (!analyser) {
      throw new UnavailableError(
        'library/version',
        `This worker has no ${source} ${version}: start one of the same version.`,
      );
    }
    const { songs } = await store.listSongs({
      ...(again ? {} : { lacking: { source, version } }),
      ...(analyser.having && { having: analyser.having }),
      order: 'id',
      limit: PART,
      ...(cursor !== undefined && { cursor }),
    });
    const own = songs.filter(({ id }) => id <= last);
    let found = 0;
    let done = 0;
    let isProgramMissing = false;
    const vectors: SoundVector[] = [];
    async function* read(): AsyncGenerator<NewSong> {
      for (const song of own) {
        signal.throwIfAborted();
        let finding: Finding | undefined;
        try {
          finding = await analyser?.analyse(song);
        } catch (error) {
          if (needsProgram(error) && !signal.aborted) {
            // Songs that need no program are read all the same; this one is looked at again once there is one.
            if (!isProgramMissing) problem({ source: song.path ?? song.id, code: error.code, message: error.message });
            isProgramMissing = true;
            progress({ done: ++done, total: own.length });
            continue;
          }
          if (error instanceof UnavailableError || signal.aborted) throw error;
          const message = error instanceof Error ? error.message : String(error);
          problem({ source: song.path ?? song.id, code: 'library/analyse', message });
        }
        const { vector, ...evidence } = finding ?? nothing(source, version);
        if (evidence.confidence > 0) found += 1;
        if (vector) vectors.push({ songId: song.id, model: version, vector });
        done += 1;
        progress({ done, total: own.length });
        const { id, title, artist, year, emotion } = song;
        // No other facts: those read when the part began may have been changed since. Empty ones leave what is there.
        yield { id, title, artist, year, emotion, language: '', tags: [], typical: false, evidence: [evidence] };
      }
    }
    for await (const batch of inTimedBatches(read(), PART, BATCH_MILLISECONDS)) {
      const there = await songsThere(
        store,
        batch.map(({ id }) => id),
      );
      // Vectors first: a song with evidence is done.
      await store.putVectors(vectors.splice(0).filter(({ songId }) => there.has(songId)));
      // Evidence joins what is there: a correction by hand stays.
      await store.importSongs(batch.filter(({ id }) => there.has(id)));
    }
    return { analysed: done, found };
  };
