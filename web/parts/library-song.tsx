/** One song of the library: why it stands where it does, where it belongs if that is wrong, and what sounds like it. */
import { useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { EMOTIONS, type Emotion, type EmotionScores, rankEmotions } from '../../src/base/emotions.ts';
import { youtubeLink } from '../../src/music/playlist.ts';
import { correctSong } from '../library.ts';
import { type Problem, toProblem } from '../protocol.ts';
import { sentence } from '../sentence.ts';
import { server } from '../server.ts';
import type { SimilarSongs, StoredSong } from '../server-client.ts';
import { languageName, tagName } from '../song-words.ts';
import { text } from '../strings/index.ts';
import { Icon } from './icon.tsx';
import { Wave } from './wave.tsx';

/** Seven shares as one strip, the largest first; the words beside it say the same. */
const ShareStrip = ({ scores }: { readonly scores: EmotionScores }) => (
  <span class="strip-bar" aria-hidden="true">
    {rankEmotions(scores)
      .filter((emotion) => scores[emotion] >= 0.005)
      .map((emotion) => (
        <span key={emotion} class={`tone-${emotion}`} style={{ '--share': scores[emotion].toFixed(4) }} />
      ))}
  </span>
);

/** Shares as they are weighed against each other: sources may give numbers of any sum. */
const toShares = (scores: EmotionScores): EmotionScores => {
  const sum = EMOTIONS.reduce((total, emotion) => total + scores[emotion], 0) || 1;
  return Object.fromEntries(EMOTIONS.map((emotion) => [emotion, scores[emotion] / sum])) as Record<Emotion, number>;
};

const inWords = (scores: EmotionScores): string => {
  const words = text().library;
  const [first, second] = rankEmotions(scores) as [Emotion, Emotion];
  return scores[first] > 0.995 ? words.saysOne(first) : words.says(first, scores[first], second, scores[second]);
};

/** Why the song stands where it does, in one sentence. */
const whyHere = ({ emotion, confidence, evidence }: StoredSong): string => {
  const words = text().library;
  if (evidence.some(({ source }) => source === 'hand')) return words.whyHand(emotion);
  const telling = evidence.filter((one) => one.confidence > 0).length;
  if (telling === 0) return emotion === 'neutral' ? words.whyNothing : words.whyLabel(emotion);
  return words.whyJoined(emotion, confidence, telling);
};

const Why = ({ song }: { readonly song: StoredSong }) => {
  const words = text().library;
  return (
    <section aria-labelledby="why-title">
      <h4 id="why-title">{words.whyTitle}</h4>
      <p role="status">{whyHere(song)}</p>
      {song.evidence.length > 0 && (
        <ul class="evidence">
          {song.evidence.map(({ source, scores, confidence }) => {
            const shares = toShares(scores);
            return (
              <li key={source}>
                <b>{words.source[source]}</b>
                {confidence > 0 ? (
                  <>
                    <ShareStrip scores={shares} />
                    <span>{inWords(shares)}</span>
                    <span class="song-facts">{words.trusted(confidence)}</span>
                  </>
                ) : (
                  <span class="song-facts">{words.saysNothing}</span>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
};

const Correct = ({ song, onChange }: { readonly song: StoredSong; readonly onChange: (song: StoredSong) => void }) => {
  const words = text().library;
  const problem = useSignal<Problem | undefined>(undefined);
  const said = useSignal('');
  const isCorrected = song.evidence.some(({ source }) => source === 'hand');
  const correct = async (emotion: Emotion | undefined): Promise<void> => {
    problem.value = undefined;
    try {
      const changed = await correctSong(song.id, emotion);
      said.value = words.corrected(changed.emotion);
      onChange(changed);
    } catch (error) {
      problem.value = toProblem(error);
    }
  };
  return (
    <section aria-labelledby="correct-title">
      <h4 id="correct-title">{words.correctTitle}</h4>
      <ul class="moods" aria-labelledby="correct-title">
        {EMOTIONS.map((emotion) => (
          <li key={emotion}>
            <button
              type="button"
              class={`mood tone-${emotion}`}
              aria-pressed={song.emotion === emotion}
              onClick={() => void correct(emotion)}
            >
              <Wave emotion={emotion} width={84} height={18} turns={3} stretch />
              {text().emotion[emotion]}
            </button>
          </li>
        ))}
      </ul>
      {isCorrected && (
        <button type="button" class="link" onClick={() => void correct(undefined)}>
          {words.takeBack}
        </button>
      )}
      <p class="unseen" role="status">
        {said.value}
      </p>
      {problem.value && <p role="alert">{sentence(problem.value)}</p>}
    </section>
  );
};

const Similar = ({ song, onOpen }: { readonly song: StoredSong; readonly onOpen: (song: StoredSong) => void }) => {
  const words = text().library;
  const found = useSignal<SimilarSongs['songs'] | Problem | 'asking' | undefined>(undefined);
  useEffect(() => {
    found.value = undefined;
  }, [song.id]);
  const ask = async (): Promise<void> => {
    found.value = 'asking';
    try {
      const path = `/songs/${encodeURIComponent(song.id)}/similar`;
      found.value = (await server.ask<SimilarSongs>(path, { query: { limit: 8 } })).songs;
    } catch (error) {
      found.value = toProblem(error);
    }
  };
  const state = found.value;
  return (
    <section aria-labelledby="similar-title">
      <h4 id="similar-title">{words.similarTitle}</h4>
      {(state === undefined || state === 'asking') && (
        <button type="button" class="button" aria-busy={state === 'asking'} onClick={() => void ask()}>
          {words.similar}
        </button>
      )}
      {state !== undefined && state !== 'asking' && 'code' in state && <p role="status">{sentence(state)}</p>}
      {Array.isArray(state) && state.length === 0 && <p role="status">{words.noneAlike}</p>}
      {Array.isArray(state) && state.length > 0 && (
        <ul class="similar">
          {state.map(({ song: other, similarity }) => (
            <li key={other.id}>
              <button type="button" class="result" onClick={() => onOpen(other)}>
                <Wave emotion={other.emotion} width={34} height={16} turns={2} />
                <span class="library-name">
                  <b>{other.title}</b> <span class="song-facts">{other.artist}</span>
                </span>
                <span class="song-facts">{words.alike(Math.max(0, similarity))}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
};

const Facts = ({ song }: { readonly song: StoredSong }) => {
  const words = text().library;
  const facts = [
    [words.album, song.album],
    [words.year, song.year],
    [words.language, languageName(song.language)],
    [words.tags, song.tags.map(tagName).join(', ')],
    [words.file, song.path],
  ] as const;
  return (
    <dl class="facts">
      {facts.map(
        ([name, value]) =>
          value !== undefined &&
          value !== '' && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
};

export const LibrarySong = ({
  song,
  onOpen,
}: {
  readonly song: StoredSong;
  /** Another song, or the same changed; `undefined` closes. */
  readonly onOpen: (song: StoredSong | undefined) => void;
}) => {
  const words = text().library;
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  // The browser keeps the focus inside, closes it by Escape, and gives the focus back.
  useLayoutEffect(() => {
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  useEffect(() => {
    heading.current?.focus();
    if (dialog.current) dialog.current.scrollTop = 0;
  }, [song.id]);
  return (
    <dialog
      class="song-sheet"
      ref={dialog}
      aria-labelledby="song-title"
      onClose={() => onOpen(undefined)}
      // A click beside the sheet closes it, where browsers know of this.
      closedby="any"
    >
      <div class="sheet-body">
        <div class="sheet-head">
          <div>
            <h3 id="song-title" tabIndex={-1} ref={heading}>
              <bdi>{song.title}</bdi>
            </h3>
            <p class="lead">{song.artist}</p>
          </div>
          <button type="button" class="icon-button" aria-label={words.close} onClick={() => dialog.current?.close()}>
            <Icon name="close" />
          </button>
        </div>
        <Facts song={song} />
        <Why song={song} />
        <Correct song={song} onChange={onOpen} />
        <Similar song={song} onOpen={onOpen} />
        <p>
          <a href={youtubeLink(song)} target="_blank" rel="noopener noreferrer">
            {words.onYoutube}
            <span class="unseen">, {text().list.opens}</span>
          </a>
        </p>
      </div>
    </dialog>
  );
};
