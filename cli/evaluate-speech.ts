/** `attune evaluate speech`: spoken digits and the mood of the voice. */
import { type Command, Option } from 'commander';
import type { EvaluateSpeechOptions, SpeechReport, SpeechScore } from '../training/evaluate-speech.ts';
import { given, printMeasured, recallOf, whereKept } from './measure.ts';
import { JSON_FLAG, JSON_HELP, type JsonTarget } from './output.ts';

interface SpeechOptions {
  readonly data: string;
  readonly set: EvaluateSpeechOptions['set'];
  readonly protocol: NonNullable<EvaluateSpeechOptions['protocol']>;
  readonly model?: string;
  readonly out?: string;
  readonly json?: JsonTarget;
}

const fixed = (fraction: number): string => `${(fraction * 100).toFixed(2)} %`;

const describeScore = ({ accuracy, accuracyInterval: [low, high], uar, macroF1, ece }: SpeechScore): string[] => [
  `  accuracy           ${fixed(accuracy)}  (95 %: ${fixed(low)} to ${fixed(high)})`,
  `  mean recall (UAR)  ${fixed(uar)}`,
  `  macro-F1           ${fixed(macroF1)}`,
  `  calibration error  ${fixed(ece)}`,
];

/** Fits 80 columns but for the note: figures, then what was taken for what. */
const describe = (report: SpeechReport): string => {
  const { labels, confusion, perClass, sevenEmotions: seven } = report;
  const width = labels.length > 8 ? 6 : 9;
  const cells = (values: readonly (string | number)[]): string =>
    values
      .map((value) =>
        String(value)
          .slice(0, width - 1)
          .padStart(width),
      )
      .join('');
  return [
    `${report.dataset.name}: ${report.count} clips, ${report.scored}`,
    report.note,
    ...describeScore(report),
    ...(seven ? ['Folded into the seven emotions:', ...describeScore(seven)] : []),
    'What was taken for what (a row: the truth; a column: the answer):',
    `${'true'.padEnd(9)}${cells(labels)} recall`,
    ...labels.map(
      (label, row) => `${label.padEnd(9)}${cells(confusion[row] ?? [])}${recallOf(perClass[label]!).padStart(7)}`,
    ),
    ...(report.noVoice > 0 ? [`No voice can be found in ${report.noVoice} of ${report.dataset.count} clips.`] : []),
  ].join('\n');
};

const evaluate = async ({ data, set, protocol, model, out, json }: SpeechOptions): Promise<void> => {
  const measure = async (onProgress: (message: string) => void): Promise<SpeechReport> => {
    const { evaluateSpeech } = await import('../training/evaluate-speech.ts');
    return evaluateSpeech({ dataPath: data, set, protocol, ...given({ model, out }), onProgress });
  };
  await printMeasured({ json, measure, describe: (report) => describe(report) + whereKept(out) });
};

export const addEvaluateSpeech = (evaluateCommand: Command): void => {
  evaluateCommand
    .command('speech')
    .description('voices: spoken digits, mood of the voice')
    .requiredOption('--data <PATH>', "the set's folder, any speakers, any clips")
    .addOption(new Option('--set <SET>', 'which set').choices(['fsdd', 'ravdess', 'emodb']).makeOptionMandatory())
    .addOption(new Option('--protocol <NAME>', 'see below').choices(['model', 'speakers']).default('model'))
    .option('--model <FILE>', 'another model (.onnx) than the one that ships')
    .option('--out <DIR>', 'folder for the whole report: metrics, figures, page')
    .option(JSON_FLAG, JSON_HELP)
    .addHelpText(
      'after',
      `
"model" scores the model that ships: on speakers it has not heard where there
are any, else on the test takes of the digits, else on what it learnt from, and
says which. "speakers" trains anew without each speaker (RAVDESS: without each
fifth of the actors) and scores those: minutes.

Examples:
  attune evaluate speech --data data/fsdd --set fsdd
  attune evaluate speech --data data/ravdess --set ravdess --json out.json
  attune evaluate speech --data data/emodb --set emodb --protocol speakers`,
    )
    .action(evaluate);
};
