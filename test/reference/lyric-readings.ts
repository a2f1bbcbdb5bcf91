/** Writes lyric-readings.json: what Node reads in a few lyrics by the model that ships. Run it when that model changes: `npx tsx test/reference/lyric-readings.ts`. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadLexicons } from '../../node/lexicons.ts';
import { loadLyricModel } from '../../node/lyric-model.ts';
import { loadChineseTools } from '../../node/segment-words.ts';
import { readLyricEmotions } from '../../src/lyrics/song-emotions.ts';

/** Written for this test, but for the last: Du Fu, 757. */
const LYRICS = [
  '[ti:Rain]\n[00:01.00]I was so lonely, crying in the rain\n[00:05.50]You never came back to me\n[00:09.00]and nothing, nothing takes away the pain',
  "Oh what a beautiful happy day\nI'm not sad any more, we dance and play\nThe sun is shining and I love you so",
  '作词：无名\n我很快乐 今天阳光灿烂\n我们一起唱歌 一起跳舞\n幸福就在身边',
  '[00:10.00]我愛著你 你卻離開了我\n[00:14.00]眼淚不停地流下來\n[00:18.00]好痛苦 好孤單',
  "我不是很害怕 只是有一點 lonely\n黑夜裡的影子 baby don't go\n誰在門外 別過來",
  '国破山河在 城春草木深\n感时花溅泪 恨别鸟惊心\n烽火连三月 家书抵万金\n白头搔更短 浑欲不胜簪',
];

const model = await loadLyricModel();
if (!model) throw new Error('models/lyrics-emotion.json.gz is not there.');
const tools = { model, lexicon: await loadLexicons(), chinese: await loadChineseTools() };
const readings = LYRICS.map((text) => ({ text, ...readLyricEmotions(text, tools) }));
writeFileSync(
  fileURLToPath(new URL('lyric-readings.json', import.meta.url)),
  `${JSON.stringify({ version: model.version, readings }, null, 2)}\n`,
);
