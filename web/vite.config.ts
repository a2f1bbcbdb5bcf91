/** Builds the page into dist/web: a folder that any web server can serve, with everything the page needs. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import sharp from 'sharp';
import { defineConfig, type Plugin } from 'vite';

/** Where the page looks for a file, and where it comes from in the repository. */
const ASSETS = {
  'models/face-detector-full.onnx': '../dist/models/face-detector-full.onnx',
  'models/expression-tiny.onnx': '../models/expression-tiny.onnx',
  'models/expression.onnx': '../models/expression.onnx',
  'catalogue/songs.csv': '../catalogue/songs.csv',
} as const;

/** Fetched when a voice is read, which most visits never do; without them the page does not offer that. */
const VOICE_MODEL = {
  'models/voice-emotion.onnx': '../models/voice-emotion.onnx',
  'models/voice-manner.onnx': '../models/voice-manner.onnx',
} as const;
const hasVoice = Object.values(VOICE_MODEL).every((from) => existsSync(new URL(from, import.meta.url)));
/** Fetched when a file of the listener's own plays, to hear its mood. */
const SONG_MODEL = {
  'models/song-sound.onnx': '../models/song-sound.onnx',
  'models/song-mood.onnx': '../models/song-mood.onnx',
} as const;
const hasSongModel = Object.values(SONG_MODEL).every((from) => existsSync(new URL(from, import.meta.url)));
const ALL_ASSETS: Readonly<Record<string, string>> = {
  ...ASSETS,
  ...(hasVoice && VOICE_MODEL),
  ...(hasSongModel && SONG_MODEL),
};

/** What was heard of a file holds as long as the models that heard it are the same. */
const songModelVersion = (): string => {
  if (!hasSongModel) return '';
  const hash = createHash('sha256');
  for (const from of Object.values(SONG_MODEL)) hash.update(readFileSync(new URL(from, import.meta.url)));
  return hash.digest('hex').slice(0, 16);
};

const POLICY = [
  "default-src 'none'",
  // wasm-unsafe-eval allows WebAssembly to be compiled, not text to be run as code.
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const assets = (): Plugin => ({
  name: 'attune-assets',
  generateBundle() {
    for (const [fileName, from] of Object.entries(ALL_ASSETS)) {
      const path = new URL(from, import.meta.url);
      if (existsSync(path)) this.emitFile({ type: 'asset', fileName, source: readFileSync(path) });
      else this.warn(`${fileName} is not built yet: the page will say so. Run "npm run build".`);
    }
  },
  configureServer(server) {
    server.middlewares.use((request, response, next) => {
      const from = ALL_ASSETS[request.url?.slice(1) ?? ''];
      const path = from && new URL(from, import.meta.url);
      if (path && existsSync(path)) response.end(readFileSync(path));
      else next();
    });
  },
});

/** The rules stand in the page too, so that they hold wherever the folder is served. Vite's own server needs inline styles. */
const policy = (): Plugin => ({
  name: 'attune-policy',
  apply: 'build',
  transformIndexHtml: () => [
    { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: POLICY }, injectTo: 'head-prepend' },
  ],
});

/** A static site answers by a file whether its server keeps anything, so that the page's one question finds an answer everywhere. */
const HEALTH = 'api/v1/health';
const noServer = (): Plugin => ({
  name: 'attune-no-server',
  apply: 'build',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: HEALTH, source: '{"status":"ok","store":"none"}\n' });
  },
});

/** Launchers want PNG; a maskable icon keeps its sign within the middle 80 % and fills the rest. */
const icons = (): Plugin => ({
  name: 'attune-icons',
  apply: 'build',
  async generateBundle() {
    const svg = readFileSync(new URL('public/icon.svg', import.meta.url));
    const draw = (side: number): Promise<Buffer> =>
      sharp(svg, { density: (72 * side) / 32 })
        .resize(side, side)
        .png({ palette: true })
        .toBuffer();
    for (const side of [180, 192, 512])
      this.emitFile({ type: 'asset', fileName: `icon-${side}.png`, source: await draw(side) });
    const maskable = await sharp({ create: { width: 512, height: 512, channels: 3, background: '#0b4f5c' } })
      .composite([{ input: await draw(400), gravity: 'centre' }])
      .png({ palette: true })
      .toBuffer();
    this.emitFile({ type: 'asset', fileName: 'icon-maskable-512.png', source: maskable });
  },
});

/** What a browser fetches before the page is drawn, and what it fetches when a face is first read. All else only if wanted. */
const isShell = (file: string): boolean =>
  /^(index\.html|early\.js|icon\.svg|manifest\.webmanifest|catalogue\/songs\.csv)$/.test(file) ||
  /^assets\/index-[^/]+\.(js|css)$/.test(file) ||
  /^assets\/ysabeau-office-latin-wght-normal-[^/]+\.woff2$/.test(file);
const isLater = (file: string): boolean =>
  /^assets\/(catalogue-)?worker-[^/]+\.js$/.test(file) || /^assets\/ort-wasm-[^/]+\.wasm$/.test(file) || file in ASSETS;

/** Tells the service worker which files there are; the same list is kept beside it for the check of sizes. */
const offline = (): Plugin => ({
  name: 'attune-offline',
  apply: 'build',
  enforce: 'post',
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      const files = [...Object.keys(bundle), 'index.html', 'early.js', 'icon.svg', 'manifest.webmanifest']
        .filter((file, index, all) => all.indexOf(file) === index)
        .sort();
      const shell = files.filter(isShell);
      const later = files.filter((file) => isLater(file) && !isShell(file));
      const hash = createHash('sha256').update(files.join());
      for (const file of files) {
        const made = bundle[file];
        if (made) hash.update(made.type === 'asset' ? made.source : made.code);
      }
      const onDemand = files.filter(
        (file) => file in VOICE_MODEL || file in SONG_MODEL || /^assets\/song-worker-[^/]+\.js$/.test(file),
      );
      const list = { version: hash.digest('hex').slice(0, 16), shell, later, onDemand };
      const worker = bundle['service-worker.js'];
      if (worker?.type !== 'chunk') throw new Error('The service worker was not built.');
      if (worker.imports.length > 0) throw new Error('The service worker imports another file: it must stand alone.');
      worker.code = `const PAGE_FILES = ${JSON.stringify(list)};\n${worker.code}`;
      this.emitFile({ type: 'asset', fileName: 'page-files.json', source: JSON.stringify(list, undefined, 2) });
    },
  },
});

const ENGINE = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm');

/** For the progress of the models: a server that compresses does not tell how much is to come. The engine's name has a hash. */
const fileSizes = (): Record<string, number> => {
  const engine = readFileSync(ENGINE);
  return Object.fromEntries([
    ...Object.entries(ALL_ASSETS).flatMap(([fileName, from]) => {
      const path = new URL(from, import.meta.url);
      return existsSync(path) ? [[fileName.split('/').pop(), statSync(path).size]] : [];
    }),
    ['engine', engine.length],
  ]) as Record<string, number>;
};

export default defineConfig({
  root: import.meta.dirname,
  define: {
    FILE_SIZES: JSON.stringify(fileSizes()),
    HAS_VOICE: JSON.stringify(hasVoice),
    SONG_MODEL_VERSION: JSON.stringify(songModelVersion()),
  },
  base: './',
  plugins: [assets(), policy(), noServer(), icons(), offline()],
  worker: { format: 'es' },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // A data: address would need an exception in the rules above.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: {
        index: new URL('index.html', import.meta.url).pathname,
        'service-worker': new URL('service-worker.ts', import.meta.url).pathname,
      },
      output: {
        // The service worker's address must stay the same for ever.
        entryFileNames: ({ name }) => (name === 'service-worker' ? 'service-worker.js' : 'assets/[name]-[hash].js'),
      },
    },
  },
});
