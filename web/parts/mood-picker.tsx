/** Seven moods to pick by hand. */
import { EMOTIONS, type Emotion } from '../../src/base/emotions.ts';
import { mood } from '../list.ts';
import { pointedMood } from '../pointed.ts';
import { pickMood } from '../stage.ts';
import { text } from '../strings/index.ts';
import { Wave } from './wave.tsx';

interface MoodPickerProps {
  /** Stand first and are offered more plainly: the two likeliest of an unsure reading. */
  readonly likely?: readonly Emotion[];
  readonly labelledBy: string;
}

const point = (emotion: Emotion | undefined): void => {
  pointedMood.value = emotion;
};

export const MoodPicker = ({ likely = [], labelledBy }: MoodPickerProps) => {
  const picked = mood.value?.kind === 'hand' ? mood.value.emotion : undefined;
  const order = [...likely, ...EMOTIONS.filter((emotion) => !likely.includes(emotion))];
  return (
    <ul class="moods" aria-labelledby={labelledBy}>
      {order.map((emotion) => (
        <li key={emotion}>
          <button
            type="button"
            class={`mood${likely.includes(emotion) ? ' likely' : ''}`}
            aria-pressed={picked === emotion}
            onClick={() => pickMood(emotion)}
            onPointerEnter={() => point(emotion)}
            onPointerLeave={() => point(undefined)}
            onFocus={() => point(emotion)}
            onBlur={() => point(undefined)}
          >
            <Wave emotion={emotion} width={84} height={20} turns={3} stretch />
            {text().emotion[emotion]}
          </button>
        </li>
      ))}
    </ul>
  );
};
