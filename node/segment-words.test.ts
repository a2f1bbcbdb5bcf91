import { expect, test } from 'vitest';
import { splitClauses } from '../src/lyrics/clauses.ts';
import { emotionWords } from '../src/lyrics/features.ts';
import { lyricLines } from '../src/lyrics/lines.ts';
import { countWords } from '../src/lyrics/word-counts.ts';
import { loadLexicons } from './lexicons.ts';
import { loadChineseTools, openNativeJieba, openWasmJieba } from './segment-words.ts';

// Three Tang quatrains and everyday sentences: verse that may be shown as text.
const TEXTS = [
  '床前明月光疑是地上霜举头望明月低头思故乡',
  '春眠不觉晓处处闻啼鸟夜来风雨声花落知多少',
  '千山鸟飞绝万径人踪灭孤舟蓑笠翁独钓寒江雪',
  '我非常不高兴一点也不快乐没有那么难过',
  '他来到了网易杭研大厦', // Jieba's own example: 杭研 is in no dictionary, the Markov model finds it
];

test('the native and the WebAssembly engine cut alike', async () => {
  const [native, wasm] = [await openNativeJieba(), openWasmJieba()];
  for (const text of TEXTS) expect(wasm(text)).toEqual(native(text));
  expect(native(TEXTS[4]!)).toEqual(['他', '来到', '了', '网易', '杭研', '大厦']);
});

test('from traditional letters with times to a value: 非常 不 高兴', async () => {
  const [lexicon, tools] = [await loadLexicons(), await loadChineseTools()];
  expect(tools.toSimplified('愛著你 後來 裡面')).toBe('爱着你 后来 里面');
  const lines = lyricLines('[00:01.00]我非常不高興，\n[00:02.00]愛著你 don’t cry');
  const counts = countWords(lines, splitClauses(lines, tools), lexicon);
  expect([...counts.modified]).toEqual([
    ['非常|不|高兴', 1],
    ["don't|cry", 1],
  ]);
  const values = new Map(emotionWords(counts, lexicon).map(({ word, value }) => [word, value]));
  expect(values.get('高兴')).toBeCloseTo(-1.5 * lexicon.polarity.get('高兴')!, 12);
  expect(values.get('cry')).toBeGreaterThan(0);
});
