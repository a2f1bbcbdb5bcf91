/** Builds the page into dist/web: a folder that any web server can serve, with everything the page needs. */
import { existsSync, readFileSync } from 'node:fs';
import { defineConfig, type Plugin } from 'vite';

/** Where the page looks for a file, and where it comes from in the repository. */
const ASSETS = {
  'models/face-detector-full.onnx': '../dist/models/face-detector-full.onnx',
  'models/expression.onnx': '../models/expression.onnx',
  'catalogue/songs.csv': '../catalogue/songs.csv',
} as const;

const POLICY = [
  "default-src 'none'",
  // wasm-unsafe-eval allows WebAssembly to be compiled, not text to be run as code.
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
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
    for (const [fileName, from] of Object.entries(ASSETS)) {
      const path = new URL(from, import.meta.url);
      if (existsSync(path)) this.emitFile({ type: 'asset', fileName, source: readFileSync(path) });
      else this.warn(`${fileName} is not built yet: the page will say so. Run "npm run build".`);
    }
  },
  configureServer(server) {
    server.middlewares.use((request, response, next) => {
      const from = ASSETS[request.url?.slice(1) as keyof typeof ASSETS];
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

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [assets(), policy()],
  worker: { format: 'es' },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2022',
    // A data: address would need an exception in the rules above.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
