/** @vladmandic/human before a camera in a browser: detector and emotion model, its WebAssembly backend, one thread. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openStaticHost, type StaticHost } from '../../test/browser/static-host.ts';
import { findWasmFolder, requirePeer } from './tensorflow.ts';

/**
 * The page: it reads the camera in a loop and counts in `window.counted`. As it comes, human answers most frames from a
 * cache: it looks for faces again after 2.5 s and reads the emotion again after 1.5 s. With `?every` it reads each frame.
 */
const PAGE = `<!doctype html><meta charset="utf-8"><title>human</title>
<video muted playsinline></video><script type="module">
import { Human } from '/dist/human.esm.js';
const off = { enabled: false };
const every = location.search === '?every' ? { skipFrames: 0, skipTime: 0 } : {};
const human = new Human({
  backend: 'wasm', wasmPath: '/wasm/', modelBasePath: '/models/', debug: false,
  ...(location.search === '?every' && { cacheSensitivity: 0 }),
  filter: off, gesture: off, body: off, hand: off, object: off, segmentation: off,
  face: { enabled: true, detector: { maxDetected: 1, ...every }, mesh: off, iris: off, description: off,
          emotion: { enabled: true, ...every } },
});
window.counted = { frames: 0, faces: 0, version: human.version, backend: '' };
await human.load();
await human.warmup();
const video = document.querySelector('video');
video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480, frameRate: 30 } });
await video.play();
window.counted.backend = human.tf.getBackend();
let isNew = true;
let wake;
const arrive = () => { isNew = true; wake?.(); video.requestVideoFrameCallback(arrive); };
video.requestVideoFrameCallback(arrive);
for (;;) {
  if (!isNew) await new Promise((resolve) => { wake = resolve; });
  isNew = false;
  const result = await human.detect(video);
  window.counted.frames++;
  window.counted.faces += result.face.some((face) => face.emotion?.length > 0) ? 1 : 0;
}
</script>`;

/** Serves the page with the package's own files. @throws where the package is not installed. */
export const openHumanCamera = (): Promise<StaticHost> => {
  const root = join(dirname(requirePeer.resolve('@vladmandic/human')), '..');
  const wasm = findWasmFolder();
  return openStaticHost({
    folder: root,
    instead: {
      'index.html': Buffer.from(PAGE),
      ...Object.fromEntries(
        readdirSync(wasm)
          .filter((name) => name.endsWith('.wasm'))
          .map((name) => [`wasm/${name}`, readFileSync(join(wasm, name))]),
      ),
    },
  });
};
