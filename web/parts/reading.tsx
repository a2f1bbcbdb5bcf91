/** The reading in words and seven bars. */
import { EMOTIONS, type Emotion, type EmotionScores, rankEmotions } from '../../src/base/emotions.ts';
import type { QualityNote } from '../../src/face/read.ts';
import { text } from '../strings/index.ts';
import { MoodPicker } from './mood-picker.tsx';
import { Wave } from './wave.tsx';

interface ReadingProps {
  readonly scores: EmotionScores;
  readonly emotion: Emotion;
  readonly certain: boolean;
  readonly quality: readonly QualityNote[];
  /** The camera is still reading: the numbers move, and a screen reader hears only settled moods. */
  readonly live?: boolean;
  /** The person said otherwise; the bars stay to look at. */
  readonly corrected?: Emotion | undefined;
}

const Bars = ({ scores, live }: { readonly scores: EmotionScores; readonly live: boolean }) => {
  const leader = rankEmotions(scores)[0];
  return (
    <ul class={`bars${live ? ' live' : ''}`} aria-label={text().reading.bars}>
      {EMOTIONS.map((emotion) => (
        <li key={emotion} class={`bar tone-${emotion}${emotion === leader ? ' leader' : ''}`}>
          <Wave emotion={emotion} width={34} height={16} turns={2} />
          <span class="bar-name">{text().emotion[emotion]}</span>
          <span class="bar-track" aria-hidden="true">
            <span class="bar-fill" style={{ '--share': scores[emotion].toFixed(4) }} />
          </span>
          <span class="bar-share">{text().percent(scores[emotion])}</span>
        </li>
      ))}
    </ul>
  );
};

export const Reading = ({ scores, emotion, certain, quality, live = false, corrected }: ReadingProps) => {
  const [first, second] = rankEmotions(scores) as [Emotion, Emotion];
  const unsure = !certain && !corrected;
  return (
    <section class="reading" aria-labelledby="reading-title">
      <div aria-live={live ? 'off' : 'polite'}>
        <h2 id="reading-title">
          {unsure ? (
            text().reading.unsure(first, second)
          ) : (
            <>
              <span class={`named tone-${corrected ?? emotion}`}>{text().emotion[corrected ?? emotion]}</span>{' '}
              <span class="aside">{corrected ? text().reading.byHand : text().reading.sure(scores[emotion])}</span>
            </>
          )}
        </h2>
        {unsure && !live && (
          <p id="unsure-why">{text().reading.unsureWhy(first, scores[first], second, scores[second])}</p>
        )}
        {quality.length > 0 && (
          <p class="quality">
            {text().reading.careful} {quality.map((note) => text().quality[note]).join(' ')}
          </p>
        )}
      </div>
      {unsure && !live && <MoodPicker likely={[first, second]} labelledBy="unsure-why" />}
      <Bars scores={scores} live={live} />
      {!unsure && !live && (
        <details class="correct">
          <summary id="correct-title">{text().reading.correct}</summary>
          <MoodPicker labelledBy="correct-title" />
        </details>
      )}
    </section>
  );
};
