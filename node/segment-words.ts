/** Chinese words in Node: Jieba as a native module where there is one, as WebAssembly elsewhere, the same cut from both. */
import { createRequire } from 'node:module';
import { UnavailableError } from '../src/base/errors.ts';
import type { ChineseTools, SegmentWords } from '../src/lyrics/clauses.ts';

/**
 * Opens the dictionaries (megabytes), once a process. Both engines cut in Jieba's
 * default mode, unknown words included (its hidden Markov model).
 *
 * @throws {UnavailableError} `lyrics/jieba`: neither engine is installed.
 */
export const loadChineseTools = (): Promise<ChineseTools> => {
  tools ??= openTools().catch((error: unknown) => {
    tools = undefined;
    throw error;
  });
  return tools;
};

let tools: Promise<ChineseTools> | undefined;

const openTools = async (): Promise<ChineseTools> => {
  const { Converter } = await import('opencc-js/t2cn');
  let segmentWords: SegmentWords;
  try {
    segmentWords = await openNativeJieba();
  } catch (nativeError) {
    try {
      segmentWords = openWasmJieba();
    } catch {
      throw new UnavailableError(
        'lyrics/jieba',
        'Chinese words cannot be cut: neither @node-rs/jieba nor jieba-wasm loads here. Install the package anew, with optional dependencies.',
        { cause: nativeError },
      );
    }
  }
  // 'tw', not 't': it turns 愛著 into 爱着, which is how songs from Taiwan are written.
  return { segmentWords, toSimplified: Converter({ from: 'tw', to: 'cn' }) };
};

/** @node-rs/jieba, a native module: not there on every platform. */
export const openNativeJieba = async (): Promise<SegmentWords> => {
  const { Jieba } = await import('@node-rs/jieba');
  const { dict } = await import('@node-rs/jieba/dict.js');
  const jieba = Jieba.withDict(dict);
  return (text) => jieba.cut(text, true);
};

export const openWasmJieba = (): SegmentWords => {
  // Its build for Node is CommonJS, and its types promise the browser's build to an import.
  const jieba = createRequire(import.meta.url)('jieba-wasm') as { cut: (text: string, hmm: boolean) => string[] };
  return (text) => jieba.cut(text, true);
};
