/** Processor time of one face through the expression models that ship, in WebAssembly, one thread: `npx tsx bench/expression.ts [MODEL.onnx…] [--runs N]`. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import { openSession } from '../node/open-session.ts';
import { packagePath } from '../node/package-root.ts';
import { openExpressionModel, readExpressions } from '../src/face/expression.ts';
import { tensor } from '../src/graph/session.ts';
import { median, type Time, timed } from './measure/statistics.ts';
import { describeLoad, milliseconds, printTable } from './measure/table.ts';

const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '60' } },
  allowPositionals: true,
});
const runs = Number(values.runs);
const paths =
  positionals.length > 0
    ? positionals
    : ['expression.onnx', 'expression-tiny.onnx'].map((name) => packagePath('models', name));
const face = tensor(
  Float32Array.from({ length: 48 * 48 }, (_, i) => (i * 37) % 256),
  [1, 1, 48, 48],
);

const rows: (string | number)[][] = [];
for (const path of paths) {
  const bytes = await readFile(path);
  const model = await openExpressionModel(bytes, (file) => openSession(file, { runtime: 'wasm' }));
  const times: Time[] = [];
  for (let run = 0; run < runs; run++) times.push((await timed(() => readExpressions([face], model))).time);
  const processor = times.map((time) => time.processor);
  rows.push([
    basename(path),
    bytes.length,
    milliseconds(Math.min(...processor)),
    milliseconds(median(processor)),
    milliseconds(median(times.map(({ clock }) => clock))),
  ]);
  await model.session.release();
}
printTable({
  title: `One face of 48x48 through a model, onnxruntime-web in WebAssembly, one thread, ${runs} runs`,
  columns: ['model', 'bytes', 'processor, least (ms)', 'processor, median (ms)', 'clock, median (ms)'],
  rows,
  notes: [describeLoad()],
});
process.exit(0);
