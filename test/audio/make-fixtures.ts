/** Makes the sound files of test/audio/fixtures with ffmpeg: `npx tsx test/audio/make-fixtures.ts`. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** 440 Hz on the left and 1000 Hz on the right, 0.7 s, each at 1/8 of full scale. */
const INPUT =
  '-f lavfi -i sine=frequency=440:sample_rate=44100:duration=0.7 -f lavfi -i sine=frequency=1000:sample_rate=44100:duration=0.7 ' +
  '-filter_complex [0][1]amerge=inputs=2 -ac 2';

const OUTPUTS: Readonly<Record<string, string>> = {
  'layer3.mp3': '-c:a libmp3lame -b:a 96k',
  'mpeg2-layer3.mp3': '-c:a libmp3lame -ar 22050 -b:a 32k',
  'vorbis.ogg': '-c:a libvorbis -q:a 1',
  'opus.ogg': '-c:a libopus -b:a 48k',
  'opus.webm': '-c:a libopus -b:a 48k',
  'vorbis.webm': '-c:a libvorbis -q:a 1',
  'flac16.flac': '-c:a flac',
  'flac24-96k.flac': '-c:a flac -sample_fmt s32 -ar 96000 -t 0.2',
  'flac.ogg': '-c:a flac',
  'aac.m4a': '-c:a aac -b:a 64k',
  'aac.aac': '-c:a aac -b:a 64k -f adts',
};

for (const [name, settings] of Object.entries(OUTPUTS)) {
  const path = fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
  const args = `-v error -y ${INPUT} ${settings} -bitexact -map_metadata -1`.split(' ');
  execFileSync('ffmpeg', [...args, path], { stdio: 'inherit' });
}
