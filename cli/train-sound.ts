/** The part of `attune train` that learns from sounds: speech, genres, the mood of songs. */

export interface SoundTraining {
  readonly recipe: string;
  readonly dataPath: string;
  readonly outPath: string;
  readonly changes: readonly string[];
  readonly resume: boolean;
  readonly onMessage: (message: string) => void;
}

/** Whether a recipe learns from sounds, by its name. */
export const isSoundRecipe = (recipe: string): boolean => /^(speech-|genre-|song-)/.test(recipe);

/** Trains it; what it says at the end is one sentence on where the model lies. */
export const trainSoundRecipe = async (options: SoundTraining): Promise<{ result: object; sentence: string }> => {
  const { recipe } = options;
  if (recipe === 'song-mood') {
    const { trainSongMood } = await import('../training/train-song-mood.ts');
    const result = await trainSongMood(options);
    return { result, sentence: `The model is ${result.modelPath}.` };
  }
  if (recipe.startsWith('genre-')) {
    const { trainGenre } = await import('../training/ship-genre.ts');
    const result = await trainGenre(options);
    return { result, sentence: `The models are ${result.modelPath} and ${result.soundPath}.` };
  }
  const { trainSpeech } = await import('../training/train-speech.ts');
  const { modelPath, bytes, history } = await trainSpeech(options);
  return { result: { modelPath, bytes, history }, sentence: `The model is ${modelPath}, ${bytes} bytes.` };
};
