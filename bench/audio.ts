/** Seconds of sound to log-mel spectrograms per second of processor, beside meyda and NumPy: `npx tsx bench/audio.ts [--seconds N] [--rounds N]`. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { findProgram } from '../node/find-program.ts';
import { canTieToOneCore, nodeCommand, runContenders } from './measure/fresh-process.ts';
import { median } from './measure/statistics.ts';
import { describeLoad, printTable, ratio } from './measure/table.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    rounds: { type: 'string', default: '3' },
    repeats: { type: 'string', default: '3' },
  },
});
const { seconds, repeats } = values;
const program = new URL('measure/audio-log-mel.ts', import.meta.url);
const python = findProgram('python3') ?? 'python3';
const outcomes = await runContenders({
  contenders: [
    { name: 'attune', command: nodeCommand(program, 'attune', seconds, repeats) },
    { name: 'meyda 5.6.3', command: nodeCommand(program, 'meyda', seconds, repeats) },
    {
      name: 'NumPy',
      command: [python, fileURLToPath(new URL('peers/log_mel.py', import.meta.url)), seconds, repeats],
    },
  ],
  rounds: Number(values.rounds),
  schema: z.object({ processor: z.number() }),
  oneCore: true,
});

const rates = new Map(
  [...outcomes].map(([name, outcome]) => [
    name,
    outcome.kind === 'measured'
      ? median(outcome.rounds.map(({ processor }) => (1000 * Number(seconds)) / processor))
      : undefined,
  ]),
);
const own = rates.get('attune');
const skipped = [...outcomes].flatMap(([name, outcome]) =>
  outcome.kind === 'skipped' ? [`${name}: ${outcome.reason}`] : [],
);
printTable({
  title: 'Sound at 16 kHz to log-mel: window 512, hop 256, 128 bands',
  columns: ['', 'seconds of sound per processor second', 'one hour takes, s', 'attune is so many times faster'],
  rows: [...rates].flatMap(([name, rate]) =>
    rate === undefined
      ? []
      : [[name, rate.toFixed(0), (3600 / rate).toFixed(2), own === undefined ? '' : ratio(own / rate)]],
  ),
  notes: [
    ...skipped,
    `${values.rounds} rounds of fresh processes, the order reversed each round, ${canTieToOneCore ? 'one core' : 'not tied to one core'}.`,
    "meyda's bands are HTK's, not normalised, ln(1 + power), and it pads nothing: about the same work, other numbers.",
    describeLoad(),
  ],
});

/** The models on top of the spectra: what a library of songs and a spoken sentence cost. */
const measureModel = async (kind: 'song' | 'voice', length: string) => {
  const models = new URL('measure/audio-models.ts', import.meta.url);
  const [outcome] = (
    await runContenders({
      contenders: [{ name: kind, command: nodeCommand(models, kind, length, repeats) }],
      rounds: Number(values.rounds),
      schema: z.object({ processor: z.number() }),
      oneCore: true,
    })
  ).values();
  if (outcome?.kind !== 'measured') return [kind, length, '', outcome?.reason ?? ''];
  const milliseconds = median(outcome.rounds.map(({ processor }) => processor));
  return [kind, length, milliseconds.toFixed(0), ((1000 * Number(length)) / milliseconds).toFixed(0)];
};
printTable({
  title: 'Samples to an answer, warm, without decoding the file',
  columns: ['', 'seconds of sound', 'processor time, ms', 'seconds of sound per processor second'],
  rows: [await measureModel('song', '240'), await measureModel('voice', '4')],
  notes: ['song: vector, genres, felt emotions, mood over time; voice: finding it and its mood.', describeLoad()],
});
