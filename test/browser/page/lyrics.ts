/** What the test of lyrics calls inside the browser: the package's browser entry, with the model and lists beside this page. */
import {
  AttuneError,
  loadChineseTools,
  loadLexicons,
  loadLyricModel,
  readLyricEmotions,
} from '../../../browser/index.ts';

const opened = Promise.all([loadLyricModel(), loadLexicons()]);

const read = async (text: string, withChinese: boolean) => {
  const [model, lexicon] = await opened;
  try {
    return readLyricEmotions(text, { model, lexicon, ...(withChinese ? { chinese: await loadChineseTools() } : {}) });
  } catch (error) {
    return { code: error instanceof AttuneError ? error.code : String(error) };
  }
};

Object.assign(globalThis, { readLyrics: read });
