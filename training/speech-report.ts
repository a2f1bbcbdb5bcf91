/** Writes what an evaluation of speech found as a folder to read: index.md, metrics.json, confusion and spectrogram as SVG. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { logMelSpectrogram } from '../src/audio/log-mel.ts';
import type { SpeechReport, SpeechScore } from './evaluate-speech.ts';
import { barChart, confusionChart } from './plot.ts';
import { spectrogramChart } from './plot-spectrogram.ts';

/** A clip to draw: its sound, what it is and what was said of it. */
export interface ShownClip {
  readonly id: string;
  readonly samples: Float32Array;
  readonly truth: string;
  readonly said: string;
}

const percent = (fraction: number): string => `${(fraction * 100).toFixed(2)} %`;
export const markdownTable = (header: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
  [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

const describeScore = ({ count, accuracy, accuracyInterval: [low, high], uar, macroF1, ece }: SpeechScore): string =>
  markdownTable(
    ['figure', 'value'],
    [
      ['accuracy', `${percent(accuracy)} (95 %: ${percent(low)} to ${percent(high)}), ${count} clips`],
      ['mean recall (UAR)', percent(uar)],
      ['macro-F1', percent(macroF1)],
      ['calibration error (ECE, 15 bins)', percent(ece)],
    ],
  );

const describeClasses = ({ perClass }: SpeechScore): string =>
  markdownTable(
    ['class', 'precision', 'recall', 'F1', 'clips'],
    Object.entries(perClass).map(([name, { precision, recall, f1, support }]) => [
      name,
      percent(precision),
      percent(recall),
      percent(f1),
      support,
    ]),
  );

/** Writes NAME.md, NAME.json, NAME-confusion.svg and so on, NAME being set and protocol; the folder is made. */
export const makeSpeechFigures = async (folder: string, report: SpeechReport, clip: ShownClip): Promise<void> => {
  const name = `${report.set}-${report.protocol}`;
  const title = `${report.dataset.name}: ${report.scored}`;
  const seven = report.sevenEmotions;
  const page = `# ${title}

${report.note}

${describeScore(report)}

![What was taken for what](${name}-confusion.svg)

${describeClasses(report)}
${seven ? `\n## Folded into the seven emotions\n\n${describeScore(seven)}\n\n![The seven](${name}-seven.svg)\n` : ''}
## Speakers

![Right by speaker](${name}-speakers.svg)

Heard in training: ${report.speakers.heard.join(', ') || 'none of them'}. Clips without a voice that could be found: ${report.noVoice}.

## One clip

${clip.id} is ${clip.truth}; the answer was ${clip.said}.

![Spectrogram with the answer](${name}-spectrogram.svg)

## Made by

Recipe ${report.recipe}${report.model ? `, model ${report.model.version} (sha256 ${report.model.sha256})` : ''}. Data: ${report.dataset.count} clips, sha256 ${report.dataset.sha256}. ${report.machine}. Commit ${report.commit ?? 'unknown'}, ${report.time}, ${report.seconds.toFixed(0)} s.
`;
  await mkdir(folder, { recursive: true });
  const files: Record<string, string> = {
    [`${name}.md`]: page,
    [`${name}.json`]: `${JSON.stringify(report, null, 1)}\n`,
    [`${name}-confusion.svg`]: confusionChart({ title, labels: report.labels, confusion: report.confusion }),
    [`${name}-speakers.svg`]: barChart({
      title: 'Right by speaker',
      bars: Object.entries(report.perSpeaker).map(([group, value]) => ({ label: group.split('/')[1] ?? group, value })),
      unit: 'percent',
    }),
    [`${name}-spectrogram.svg`]: await spectrogramChart({
      title: `${clip.id}: "${clip.said}" (it is ${clip.truth})`,
      frames: logMelSpectrogram(clip.samples, { fftSize: 512, hopSize: 160, bandCount: 80 }),
      seconds: clip.samples.length / 16_000,
    }),
    ...(seven && {
      [`${name}-seven.svg`]: confusionChart({ title, labels: seven.labels, confusion: seven.confusion }),
    }),
  };
  await Promise.all(Object.entries(files).map(([file, content]) => writeFile(join(folder, file), content)));
};
