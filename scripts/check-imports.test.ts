import { expect, test } from 'vitest';
import { findBreaches } from './check-imports.ts';

const breachesOf = (path: string, source: string): string[] => findBreaches(new Map([[path, source]]));

test.each([
  ['src/base/errors.ts', "import { tensor } from '../graph/session.ts';"],
  ['src/face/read.ts', "import type { Song } from '../music/song.ts';"],
  ['src/music/rank.ts', "export { detectFaces } from '../face/detect.ts';"],
  ['src/face/read.ts', "import sharp from 'sharp';"],
  ['src/face/read.ts', "import { readFileSync } from 'node:fs';"],
  ['src/face/read.ts', "import { decodePhoto } from '../../node/decode-photo.ts';"],
  ['src/face/read.ts', "const { train } = await import('../../training/train.ts');"],
  ['node/decode-photo.ts', "import { createApp } from '../server/app.ts';"],
  ['node/decode-photo.ts', "import '../training/train.ts';"],
  ['browser/index.ts', "import { join } from 'node:path';"],
  ['browser/index.ts', "import { loadFaceModels } from '../node/face-models.ts';"],
  ['server/app.ts', "import { train } from '../training/train.ts';"],
  ['training/train.ts', "import {\n  createProgram,\n  other,\n} from '../cli/program.ts';"],
  ['web/app.tsx', "import { Health } from '../server/api.ts';"],
  ['web/app.tsx', "import type { createApp } from '../server/app.ts';"],
  ['web/app.tsx', "new Worker(new URL('../node/worker.ts', import.meta.url));"],
  ['web/app.tsx', "import { loadFaceModels } from '../node/face-models.ts';"],
  ['bench/photo.ts', "import { main } from '../cli/main.ts';"],
  ['utils/strings.ts', ''],
])('refused: %s with %s', (path, source) => {
  expect(breachesOf(path, source)).toHaveLength(1);
});

test.each([
  ['src/index.ts', "export { readFaces } from './face/read.ts';"],
  [
    'src/face/read.ts',
    "import { tensor } from '../graph/session.ts';\nimport { EMOTIONS } from '../base/emotions.ts';",
  ],
  [
    'src/face/read.test.ts',
    "import { test } from 'vitest';\nimport { openSession } from '../../node/open-session.ts';",
  ],
  ['src/base/errors.ts', "// import { x } from '../music/rank.ts'\n/* import '../../node/a.ts' */"],
  ['node/decode-photo.ts', "import sharp from 'sharp';\nimport type { RgbaImage } from '../src/face/image.ts';"],
  [
    'web/app.tsx',
    "import type { Health } from '../server/api.ts';\nimport { loadFaceModels } from '../browser/index.ts';",
  ],
  ['cli/train.ts', "const { runTraining } = await import('../training/train.ts');"],
  ['web/vite.config.ts', "import { existsSync } from 'node:fs';"],
  ['scripts/build.ts', "import { packageRoot } from '../node/package-root.ts';"],
])('allowed: %s with %s', (path, source) => {
  expect(breachesOf(path, source)).toEqual([]);
});
