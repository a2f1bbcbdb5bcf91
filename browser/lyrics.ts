/**
 * Loads what reads lyrics in a browser, by the names that Node has: the model, the word lists, and Jieba for Chinese.
 *
 *   const [model, lexicon] = await Promise.all([loadLyricModel(), loadLexicons()]);
 *   const { scores } = readLyricEmotions(englishText, { model, lexicon });
 *   const chinese = await loadChineseTools(); // 4 MB, only where there are Chinese lyrics
 *   const { scores: more } = readLyricEmotions(anyText, { model, lexicon, chinese });
 */
import { InvalidInputError, UnavailableError } from '../src/base/errors.ts';
import type { ChineseTools } from '../src/lyrics/clauses.ts';
import type { LyricModel } from '../src/lyrics/emotion-reader.ts';
import { type Lexicon, mergeLexicons, parseLexicon } from '../src/lyrics/lexicon.ts';
import { parseLyricModel } from '../src/lyrics/reader-file.ts';
import { type DownloadOptions, download } from './download.ts';

export interface LoadLyricModelOptions extends DownloadOptions {
  /** @default 'models/lyrics-emotion.json.gz', beside the page */
  readonly url?: string | URL;
}

/**
 * @throws {UnavailableError} `download/…`: the file cannot be loaded.
 * @throws {InvalidInputError} `lyrics/model`: the file is damaged.
 */
export const loadLyricModel = async (options: LoadLyricModelOptions = {}): Promise<LyricModel> =>
  parseLyricModel(await unpack(await download(options.url ?? 'models/lyrics-emotion.json.gz', options)));

/** The word lists that ship, in the order in which Node reads their folder. */
export const LEXICON_FILES: readonly string[] = [
  'afinn-en-165.tsv',
  'afinn-zh-165.tsv',
  'degree-en.tsv',
  'degree-zh.tsv',
  'emotions.tsv',
  'negations.tsv',
  'statistics-en.tsv',
  'vader-en.tsv',
];

export interface LoadLexiconsOptions {
  /** The folder that holds them. @default 'lexicons/', beside the page */
  readonly baseUrl?: string | URL;
  /** Its files, .tsv or .tsv.gz. @default the lists that ship, by which the model was trained */
  readonly files?: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * @throws {UnavailableError} `download/…`: a file cannot be loaded.
 * @throws {InvalidInputError} `lyrics/lexicon`: a table that cannot be read; the message names file and line.
 */
export const loadLexicons = async (options: LoadLexiconsOptions = {}): Promise<Lexicon> => {
  const base = String(options.baseUrl ?? 'lexicons/').replace(/\/*$/, '/');
  const tables = (options.files ?? LEXICON_FILES).map(async (file) =>
    parseLexicon(file, await unpack(await download(base + file, options.signal ? { signal: options.signal } : {}))),
  );
  return mergeLexicons(await Promise.all(tables));
};

export interface LoadChineseToolsOptions {
  /** Where `jieba_rs_wasm_bg.wasm` lies. @default beside the script, where bundlers (Vite, webpack) copy it */
  readonly wasmUrl?: string | URL;
}

let tools: Promise<ChineseTools> | undefined;

/**
 * Jieba and the table of simplified letters, once a page. They cut words as Node's do.
 *
 * @throws {UnavailableError} `lyrics/jieba`: its WebAssembly does not load.
 */
export const loadChineseTools = (options: LoadChineseToolsOptions = {}): Promise<ChineseTools> => {
  tools ??= openTools(options).catch((cause: unknown) => {
    tools = undefined;
    throw new UnavailableError(
      'lyrics/jieba',
      `Chinese words cannot be cut: jieba_rs_wasm_bg.wasm did not load (${cause instanceof Error ? cause.message : String(cause)}). ` +
        'Say by wasmUrl where it lies.',
      { cause },
    );
  });
  return tools;
};

/** Its types are read as CommonJS where Node's rules hold and as a module under bundlers, so they are said here. */
interface Jieba {
  /** Loads the WebAssembly. */
  readonly default: (from?: { readonly module_or_path: string | URL }) => Promise<unknown>;
  readonly cut: (text: string, hmm: boolean) => string[];
}

const openTools = async ({ wasmUrl }: LoadChineseToolsOptions): Promise<ChineseTools> => {
  const [module, { Converter }] = await Promise.all([import('jieba-wasm/web'), import('opencc-js/t2cn')]);
  const jieba = module as unknown as Jieba;
  await jieba.default(wasmUrl === undefined ? undefined : { module_or_path: wasmUrl });
  // 'tw' as in Node: it turns 愛著 into 爱着.
  return { segmentWords: (text) => jieba.cut(text, true), toSimplified: Converter({ from: 'tw', to: 'cn' }) };
};

/** Servers may send .gz as it is, or as a packed transfer that the browser has undone already. */
const unpack = async (bytes: Uint8Array): Promise<string> => {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return new TextDecoder().decode(bytes);
  try {
    const packed = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
    return await new Response(packed.pipeThrough(new DecompressionStream('gzip'))).text();
  } catch (cause) {
    throw new InvalidInputError('lyrics/packed', 'A file packed by gzip broke off or is damaged: load it again.', {
      cause,
    });
  }
};
