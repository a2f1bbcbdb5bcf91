/** Measures src/svm beside svm-train and liblinear-train, ratios of processor time: `npx tsx bench/svm.ts [ROUNDS]`. */
import { fork, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatSvmData, parseSvmData } from '../src/svm/data-file.ts';
import { trainLinear } from '../src/svm/linear.ts';
import { formatLinearModel, parseLinearModel } from '../src/svm/linear-model-file.ts';
import { formatSvcModel, parseSvcModel } from '../src/svm/model-file.ts';
import { trainSvc } from '../src/svm/svc.ts';
import { type Drawn, drawData } from '../test/reference/svm.ts';

interface Case {
  readonly name: string;
  readonly peer: 'svm-train' | 'liblinear-train';
  readonly data: Drawn;
  readonly C: number;
  /** None: the linear kernel. */
  readonly gamma?: number;
}

const sparse: Drawn = { rowCount: 1500, columnCount: 1000, perRow: 30, classCount: 7, seed: 1 };
const dense: Drawn = { rowCount: 2000, columnCount: 40, perRow: 40, classCount: 3, distance: 0.2, seed: 2 };
const text: Drawn = { rowCount: 10_000, columnCount: 20_000, perRow: 40, classCount: 5, distance: 0.3, seed: 3 };
const CASES: readonly Case[] = [
  { name: 'linear, sparse', peer: 'svm-train', data: sparse, C: 1 },
  { name: 'rbf, sparse', peer: 'svm-train', data: sparse, C: 8, gamma: 0.0625 },
  { name: 'rbf, dense', peer: 'svm-train', data: dense, C: 8, gamma: 0.03125 },
  { name: 'linear solver, text', peer: 'liblinear-train', data: text, C: 1 },
];

interface Measured {
  /** Processor time of reading, training and writing, seconds. */
  readonly cpuSeconds: number;
  /** The most memory held, MB. Ours: with Node and the compiler of this file. */
  readonly peakMegabytes: number;
}

/** Ours, in this process: started fresh for each measurement, its start not counted, its compiling on the run counted. */
const measureHere = (number: number, dataFile: string, modelFile: string): Measured => {
  const { peer, C, gamma } = CASES[number]!;
  const before = process.cpuUsage();
  const { rows, labels } = parseSvmData(readFileSync(dataFile, 'utf8'));
  writeFileSync(
    modelFile,
    peer === 'svm-train'
      ? formatSvcModel(
          trainSvc(rows, labels, { C, kernel: gamma === undefined ? { type: 'linear' } : { type: 'rbf', gamma } }),
        )
      : formatLinearModel(trainLinear(rows, labels, { C })),
  );
  const { user, system } = process.cpuUsage(before);
  return { cpuSeconds: (user + system) / 1e6, peakMegabytes: process.resourceUsage().maxRSS / 1000 };
};

const measureOurs = (number: number, dataFile: string, modelFile: string): Promise<Measured> =>
  new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), ['--measure', `${number}`, dataFile, modelFile]);
    child.once('message', (message) => resolve(message as Measured));
    child.once('exit', (code) => reject(new Error(`The measuring process ended with ${code}`)));
  });

/** Watched through /proc, every 5 ms: what a process last said of itself before its end. */
const measurePeer = ({ peer, C, gamma }: Case, dataFile: string, modelFile: string): Promise<Measured> =>
  new Promise((resolve, reject) => {
    const kernel = gamma === undefined ? ['-t', '0'] : ['-t', '2', '-g', `${gamma}`];
    const child = spawn(peer, [...(peer === 'svm-train' ? kernel : []), '-q', '-c', `${C}`, dataFile, modelFile]);
    let last: Measured = { cpuSeconds: 0, peakMegabytes: 0 };
    const timer = setInterval(() => {
      try {
        const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
        const peak = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
        if (peak)
          last = { cpuSeconds: (Number(fields[11]) + Number(fields[12])) / 100, peakMegabytes: Number(peak) / 1000 };
      } catch {} // it has just ended
    }, 5);
    child.once('error', reject);
    child.once('exit', () => {
      clearInterval(timer);
      resolve(last);
    });
  });

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const main = async (rounds: number): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-svm-'));
  try {
    for (const [number, one] of CASES.entries()) {
      if (spawnSync(one.peer).error) {
        console.log(`${one.name}: skipped, there is no ${one.peer} here`);
        continue;
      }
      const [data, ourModel, peerModel] = ['data', 'ours', 'peer'].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ];
      const drawn = drawData(one.data);
      writeFileSync(data, formatSvmData(drawn.rows, drawn.labels));
      const ours: Measured[] = [];
      const peer: Measured[] = [];
      for (let round = 0; round < rounds; round++) {
        const steps = [
          async () => ours.push(await measureOurs(number, data, ourModel)),
          async () => peer.push(await measurePeer(one, data, peerModel)),
        ];
        for (const step of round % 2 === 0 ? steps : steps.reverse()) await step();
      }
      const ratios = ours.map(({ cpuSeconds }, round) => peer[round]!.cpuSeconds / cpuSeconds);
      const same = one.peer === 'svm-train' ? compareSvc(ourModel, peerModel) : compareLinear(ourModel, peerModel);
      const seconds = (list: readonly Measured[]) => median(list.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2);
      const memory = (list: readonly Measured[]) =>
        Math.max(...list.map(({ peakMegabytes }) => peakMegabytes)).toFixed(0);
      console.log(
        `${one.name}: ${median(ratios).toFixed(2)} times the speed of ${one.peer} (${rounds} rounds: ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}); ` +
          `${seconds(ours)} s and ${memory(ours)} MB beside ${seconds(peer)} s and ${memory(peer)} MB; ${same}`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const compareSvc = (ourFile: string, peerFile: string): string => {
  const [ours, peer] = [ourFile, peerFile].map((file) => parseSvcModel(readFileSync(file, 'utf8'))) as [
    ReturnType<typeof parseSvcModel>,
    ReturnType<typeof parseSvcModel>,
  ];
  const rho = ours.rho.reduce((most, value, i) => Math.max(most, Math.abs(value - peer.rho[i]!)), 0);
  return `${ours.supportVectors.rowCount} support vectors, ${peer.supportVectors.rowCount} theirs; rho differs by ${rho.toExponential(0)}`;
};

const compareLinear = (ourFile: string, peerFile: string): string => {
  const [ours, peer] = [ourFile, peerFile].map((file) => parseLinearModel(readFileSync(file, 'utf8')).weights) as [
    Float64Array,
    Float64Array,
  ];
  const [dot, own, other] = ours.reduce(
    ([dot, own, other], value, i) =>
      [dot + value * peer[i]!, own + value * value, other + peer[i]! * peer[i]!] as const,
    [0, 0, 0] as readonly [number, number, number],
  );
  return `cosine of the weights ${(dot / Math.sqrt(own * other)).toFixed(5)}`;
};

const [first, ...rest] = process.argv.slice(2);
if (first === '--measure') process.send!(measureHere(Number(rest[0]), rest[1]!, rest[2]!), () => process.disconnect());
else await main(Number(first ?? 3));
