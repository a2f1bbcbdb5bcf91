/**
 * Draws how well the felt emotions of songs are told, and how one song's mood runs over its spectrogram: reports/genre/song-mood.*.
 *
 *   npx tsx scripts/report-song-mood.ts EMOTIFY [SONG]
 *
 * SONG is a file's name in EMOTIFY/audio. @default classical.00001.opus
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeAudio } from '../node/decode-audio.ts';
import { packagePath } from '../node/package-root.ts';
import { loadSongModel } from '../node/sound-models.ts';
import { logMelSpectrogram } from '../src/audio/log-mel.ts';
import { analyseSong, SONG_MEL } from '../src/audio/song-sound.ts';
import { rankEmotions } from '../src/base/emotions.ts';
import { evaluateSongMood } from '../training/evaluate-song-mood.ts';
import { barChart, lineChart } from '../training/plot.ts';
import { spectrogramChart } from '../training/plot-spectrogram.ts';

const [data, song = 'classical.00001.opus'] = process.argv.slice(2);
if (!data) {
  console.error('Usage: npx tsx scripts/report-song-mood.ts EMOTIFY [SONG]');
  process.exit(2);
}
const out = packagePath('reports', 'genre');
await mkdir(out, { recursive: true });
const report = await evaluateSongMood({ dataPath: data, protocol: 'folds' });
const model = await loadSongModel();
const samples = await decodeAudio(join(data, 'audio', song));
const { curve, evidence } = await analyseSong(samples, model);
const seconds = samples.length / 16_000;
await writeFile(join(out, 'song-mood.json'), `${JSON.stringify(report, null, 1)}\n`);
await writeFile(
  join(out, 'song-mood.svg'),
  barChart({
    title: 'Correlation with what listeners felt, songs not heard',
    bars: Object.entries(report.pearson).map(([name, value]) => ({ label: name.replace('_activation', ''), value })),
  }),
);
await writeFile(
  join(out, 'song-spectrogram.svg'),
  await spectrogramChart({
    title: `${song}: its mood over time`,
    frames: { ...logMelSpectrogram(samples, { ...SONG_MEL, hopSize: 1024 }) },
    seconds,
    notes: curve.map(({ seconds: at, scores }) => ({
      fromSeconds: at - 5,
      toSeconds: at + 5,
      text: rankEmotions(scores)[0]!,
    })),
  }),
);
await writeFile(
  join(out, 'song-curve.svg'),
  lineChart({
    title: `${song}: valence and arousal`,
    x: { label: 'seconds' },
    y: { label: '-1 to 1', range: [-1, 1] },
    series: (['valence', 'arousal'] as const).map((name) => ({
      name,
      points: curve.map((moment) => [moment.seconds, moment[name]] as const),
    })),
  }),
);
const [low, high] = report.meanPearsonInterval;
await writeFile(
  join(out, 'song-mood.md'),
  `# What songs make their listeners feel

${report.note}

Mean correlation over the nine felt emotions, ${report.count} tracks: **${report.meanPearson.toFixed(3)}** (95 %: ${low.toFixed(3)} to ${high.toFixed(3)}, bootstrap over the tracks). The likeliest of the
seven is the listeners' in ${(100 * report.sevenAgreement).toFixed(1)} %.

![Correlations](song-mood.svg)

One song, ${song}, as the model that ships hears it (it learnt from this very song); altogether ${rankEmotions(evidence.scores)[0]}:

![Spectrogram with the mood](song-spectrogram.svg)

![Valence and arousal](song-curve.svg)

Seed ${report.seed}. Data sha256 ${report.dataset.sha256}. ${report.machine}. Commit ${report.commit ?? 'unknown'}, ${report.time}.
`,
);
console.log(report.meanPearson.toFixed(3));
