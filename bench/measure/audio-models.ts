/** One contender of bench/audio.ts: `audio-models.ts song|voice SECONDS REPEATS` prints the time of an analysis. */
import { loadSongModel, loadVoiceModel } from '../../node/sound-models.ts';
import { analyseSong } from '../../src/audio/song-sound.ts';
import { readVoice } from '../../src/audio/voice-mood.ts';
import { median, type Time, timed } from './statistics.ts';
import { voiceLike } from './voice-like.ts';

const [kind, secondsText, repeatsText] = process.argv.slice(2);
const sound = voiceLike(Number(secondsText));

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
const times: Time[] = [];
for (let i = 0; i < Number(repeatsText); i++) times.push((await timed(run)).time);
console.log(
  JSON.stringify({
    processor: median(times.map(({ processor }) => processor)),
    clock: median(times.map(({ clock }) => clock)),
  }),
);
