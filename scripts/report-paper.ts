/**
 * Figures 5 to 9 of the first paper from a finished run of its network, beside what the paper says:
 *
 *   npx tsx scripts/report-paper.ts RUN_FOLDER DATA [OUT]
 */
import { join } from 'node:path';
import { writePaperReport } from '../training/report-paper.ts';

const [run, dataPath, out = join('reports', 'expression')] = process.argv.slice(2);
if (!run || !dataPath) {
  console.error('Usage: npx tsx scripts/report-paper.ts RUN_FOLDER DATA [OUT]');
  process.exit(2);
}
const { accuracy } = await writePaperReport({ run, dataPath, out });
console.log(`${join(out, 'paper.md')} is written: PublicTest ${(100 * accuracy).toFixed(2)} %.`);
