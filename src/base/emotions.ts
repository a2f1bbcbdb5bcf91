/** The seven emotions, in FER2013's label order. The only place they are listed. */

/** FER2013 label n is `EMOTIONS[n]`. Every model file carries this list and is refused if its own differs. */
export const EMOTIONS = ['angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral'] as const;

export type Emotion = (typeof EMOTIONS)[number];

/** One probability (0..1, summing to 1) for each emotion. */
export type EmotionScores = Readonly<Record<Emotion, number>>;

export const isEmotion = (value: string): value is Emotion => (EMOTIONS as readonly string[]).includes(value);

/** The emotions from likeliest to least likely; equal scores keep the order of `EMOTIONS`. */
export const rankEmotions = (scores: EmotionScores): Emotion[] =>
  [...EMOTIONS].sort((a, b) => scores[b] - scores[a] || EMOTIONS.indexOf(a) - EMOTIONS.indexOf(b));
