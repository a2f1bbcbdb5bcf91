import fc from 'fast-check';
import { expect, test } from 'vitest';
import { detectLanguage } from './language.ts';

test.each([
  ['zh', '我一个人走在回家的路上，想起了你'],
  ['zh', '後來我們都沒有說再見 baby'],
  ['en', "I'm walking home alone and I think of you"],
  ['ja', '君がいない夜は長い、会いたくて泣いた'],
  ['ja', '東京の夜'],
  ['ko', '너를 사랑해 정말 보고 싶어 baby'],
  ['es', 'Te quiero más que a nadie en el mundo, corazón'],
  ['fr', "Je ne sais pas pourquoi tu es partie, mon amour, c'est la nuit"],
  ['de', 'Ich bin allein und du bist nicht hier, mein Herz'],
  ['it', 'Non so perché ti amo ma sei tutto per me'],
  ['pt', 'Não sei viver sem você, meu coração'],
  ['nl', 'Ik hou van jou en ik wil niet dat je gaat'],
  ['sv', 'Jag älskar dig men du är inte här'],
  ['pl', 'Nie wiem gdzie jesteś, ale kocham cię'],
  ['tr', 'Seni seviyorum ama sen benim değilsin'],
  ['id', 'Aku cinta kamu dan aku tidak akan pergi'],
  ['ru', 'Я не знаю, что мне делать без тебя'],
  ['uk', 'Я не знаю, що мені робити без тебе, і це все'],
  ['el', 'Σ’ αγαπώ και δεν ξέρω γιατί'],
  ['th', 'ฉันรักเธอ'],
  ['und', '1234 5678 !!'],
  ['und', ''],
  ['und', 'tralalala'],
])('%s: %s', (language, text) => expect(detectLanguage(text)).toBe(language));

test('mixed languages: the one that says more', () => {
  expect(detectLanguage('我爱你 baby 我想你 oh oh 我们在一起')).toBe('zh');
  expect(detectLanguage('I love you and the way you are, 加油')).toBe('en');
});

test('case and repetition change nothing', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('I love you and me', 'je ne sais pas', '我爱你'),
      fc.integer({ min: 1, max: 30 }),
      (text, times) => {
        expect(detectLanguage(`${text.toUpperCase()} `.repeat(times))).toBe(detectLanguage(text));
      },
    ),
  );
});
