/** The seven libraries as counts, each a line of its emotion's own shape and a bar; choosing one shows its songs. */
import { EMOTIONS, type Emotion } from '../../src/base/emotions.ts';
import { libraryCounts, libraryFilter } from '../library.ts';
import { text } from '../strings/index.ts';
import { Wave } from './wave.tsx';

export const LibrarySeven = () => {
  const words = text().library;
  const counts = libraryCounts.value;
  const chosen = libraryFilter.value.emotion;
  const countOf = (emotion: Emotion): number => counts?.byEmotion[emotion] ?? 0;
  const most = Math.max(1, ...EMOTIONS.map(countOf));
  const choose = (emotion: Emotion | undefined): void => {
    const { emotion: _, ...rest } = libraryFilter.value;
    libraryFilter.value = emotion && emotion !== chosen ? { ...rest, emotion } : rest;
  };
  return (
    <section aria-labelledby="seven-title">
      <h3 id="seven-title">{words.sevenTitle}</h3>
      <p class="hint">{words.sevenHint}</p>
      <ul class="seven">
        {EMOTIONS.map((emotion) => (
          <li key={emotion}>
            <button
              type="button"
              class={`bar tone-${emotion}`}
              aria-pressed={chosen === emotion}
              onClick={() => choose(emotion)}
            >
              <Wave emotion={emotion} width={34} height={16} turns={2} />
              <span class="bar-name">{text().emotion[emotion]}</span>{' '}
              <span class="bar-track" aria-hidden="true">
                <span class="bar-fill" style={{ '--share': (countOf(emotion) / most).toFixed(4) }} />
              </span>
              <span class="bar-share">{countOf(emotion).toLocaleString(text().locale)}</span>
            </button>
          </li>
        ))}
      </ul>
      {chosen && (
        <button type="button" class="link" onClick={() => choose(undefined)}>
          {words.all}
        </button>
      )}
    </section>
  );
};
