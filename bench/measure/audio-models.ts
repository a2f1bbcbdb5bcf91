/** One contender of bench/audio.ts: `audio-models.ts song|voice SECONDS REPEATS` prints the processor time of an analysis. */
import { loadSongModel, loadVoiceModel } from '../../node/sound-models.ts';
import { analyseSong } from '../../src/audio/song-sound.ts';
import { readVoice } from '../../src/audio/voice-mood.ts';
import { createRandom } from '../../src/base/random.ts';
import { median, timed } from './statistics.ts';

const [kind, secondsText, repeatsText] = process.argv.slice(2);
const random = createRandom(1);
/** Something with a pitch, overtones and syllables, so that a voice is found in it. */
const sound = Float32Array.from({ length: Number(secondsText) * 16_000 }, (_, i) => {
  const seconds = i / 16_000;
  const loudness = 0.1 * Math.max(0.02, Math.sin(2 * Math.PI * 3 * seconds));
  const phase = 2 * Math.PI * 140 * seconds + 3 * Math.sin(2 * Math.PI * 0.7 * seconds);
  return loudness * (Math.sin(phase) + Math.sin(2 * phase) / 2 + Math.sin(3 * phase) / 3) + 0.001 * random.normal();
});

const prepare = async (): Promise<() => Promise<unknown>> => {
  if (kind === 'song') {
    const model = await loadSongModel();
    return () => analyseSong(sound, model);
  }
  const model = await loadVoiceModel();
  return () => readVoice(sound, model);
};

const run = await prepare();
await run(); // warm
const times: number[] = [];
for (let i = 0; i < Number(repeatsText); i++) times.push((await timed(run)).time.processor);
console.log(JSON.stringify({ processor: median(times) }));
