/** The speech recipes by name: what to learn from which recordings, on which pictures, with which settings. */
import { DIGIT_PICTURE, type PictureSettings, VOICE_PICTURE } from '../../src/audio/speech-picture.ts';
import { VOICE_LABELS } from '../../src/audio/voice-mood.ts';
import { InvalidInputError } from '../../src/base/errors.ts';
import type { Storage } from '../../src/graph/build.ts';
import { DIGITS } from '../datasets/fsdd.ts';
import type { SoundSettingsInput } from './sound-settings.ts';

export const SPEECH_SETS = ['fsdd', 'ravdess', 'emodb'] as const;
export type SpeechSet = (typeof SPEECH_SETS)[number];

export interface SpeechRecipe {
  readonly name: string;
  /** One line for `attune train --help`. */
  readonly summary: string;
  /** `attune.task` of the model. */
  readonly task: string;
  readonly sets: readonly SpeechSet[];
  readonly labels: readonly string[];
  readonly picture: PictureSettings;
  /** Each clip is learnt from at these speeds too, tempo and pitch together: other throats, other hurry. 1 comes first. */
  readonly speeds: readonly number[];
  readonly settings: SoundSettingsInput;
  /** So many networks, of one seed after the other, whose logits are averaged in one file. @default 1 */
  readonly networks?: number;
  /** How the file holds weights. @default 'float16' */
  readonly storage?: Storage;
  /** Kernel ridge on the manner of speaking joins the network, see `MANNER_WEIGHT`; @default no */
  readonly manner?: { readonly gamma: number; readonly lambda: Readonly<Partial<Record<SpeechSet, number>>> };
  /** Parts that the speakers are dealt into to judge the recipe. */
  readonly folds: number;
  readonly terms: string;
}

export const SPEECH_RECIPES: readonly SpeechRecipe[] = [
  {
    name: 'speech-digits',
    summary: 'spoken digits (FSDD), the model that ships',
    task: 'speech-digits',
    sets: ['fsdd'],
    labels: DIGITS,
    picture: DIGIT_PICTURE,
    speeds: [1, 0.9, 1.1],
    settings: {
      epochs: 30,
      batch: 32,
      widths: [12, 24, 48],
      noiseShare: 0.3,
      roomShare: 0.1,
      labelSmoothing: 0.05,
      dropout: 0.2,
      // A mask as wide as a consonant takes away what tells two digits apart.
      frameMask: 6,
      bandMask: 4,
      masks: 1,
      warp: 0.06,
    },
    // Six speakers: each is left out once.
    folds: 6,
    terms: 'Trained on the Free Spoken Digit Dataset (CC BY-SA 4.0).',
  },
  {
    name: 'speech-voice',
    summary: 'the mood of a voice (RAVDESS and EMO-DB), the model that ships',
    task: 'voice-emotion',
    sets: ['ravdess', 'emodb'],
    labels: VOICE_LABELS,
    picture: VOICE_PICTURE,
    speeds: [1, 0.85, 0.92, 1.08, 1.18],
    settings: {
      seed: 3,
      epochs: 70,
      // Batches of 32 made too few steps: 57.8 instead of 63.7 % mean recall of the network alone on the first part.
      batch: 16,
      widths: [16, 24, 48, 96],
      noiseShare: 0.3,
      roomShare: 0.15,
      frameMask: 8,
      masks: 1,
    },
    // The second network is worth about a point, and 8 bits make room for it.
    networks: 2,
    storage: 'int8',
    // A larger lambda for the German clips, which are cut to 2 s: they help less than whole sentences.
    manner: { gamma: 0.5, lambda: { ravdess: 0.2, emodb: 0.4 } },
    folds: 5,
    terms:
      'Trained on RAVDESS (CC BY-NC-SA 4.0: not for commercial use) and EMO-DB (free for research, no licence file). The weights carry those terms.',
  },
];

/** @throws {InvalidInputError} `recipe/unknown` */
export const findSpeechRecipe = (name: string): SpeechRecipe => {
  const recipe = SPEECH_RECIPES.find((candidate) => candidate.name === name);
  if (recipe) return recipe;
  const names = SPEECH_RECIPES.map((candidate) => candidate.name).join(', ');
  throw new InvalidInputError('recipe/unknown', `There is no speech recipe "${name}". The recipes are: ${names}.`);
};
