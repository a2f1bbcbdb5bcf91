/** Builds the page as a static site that needs no server of ours: `npm run build:web [-- --out FOLDER]`. */
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { checkFirstVisit, compressPage } from './compress-page.ts';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'site') },
    /** Brotli's: 11 takes half a minute once, 9 a few seconds. */
    quality: { type: 'string', default: '11' },
  },
});
const out = resolve(values.out);

/** Read by Netlify and Cloudflare Pages; docs/guide/page.md says the same for others. */
const HEADERS = `/*
  X-Content-Type-Options: nosniff
  Referrer-Policy: no-referrer
  Permissions-Policy: camera=(self), microphone=(self), geolocation=()
  Content-Security-Policy: frame-ancestors 'none'
  Cache-Control: no-cache
/assets/*
  ! Cache-Control
  Cache-Control: public, max-age=31536000, immutable
`;

// A folder that is not a site of ours is not swept away.
if (existsSync(out) && readdirSync(out).length > 0 && !existsSync(join(out, 'page-files.json'))) {
  console.error(`${out} holds other files: name an empty or a new folder with --out.`);
  process.exit(2);
}
build({ say: (line) => console.log(line) });
rmSync(out, { recursive: true, force: true });
cpSync(join(root, 'dist', 'web'), out, { recursive: true, filter: (path) => !path.endsWith('.br') });
writeFileSync(join(out, '_headers'), HEADERS);
// GitHub Pages would otherwise leave out files whose names begin with an underscore.
writeFileSync(join(out, '.nojekyll'), '');
console.log('Compressing ...');
compressPage({ folder: out, quality: Number(values.quality) });
const { version } = JSON.parse(readFileSync(join(out, 'page-files.json'), 'utf8')) as { version: string };
console.log(`${out}: version ${version}. ${checkFirstVisit(out)}`);
