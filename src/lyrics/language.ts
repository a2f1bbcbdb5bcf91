/** Which language a text is in: by its letters, and by its commonest words where many languages share the letters. */

/** Scripts that one language of songs uses. Han comes after kana and hangul, which are mixed with it. */
const SCRIPTS: readonly (readonly [language: string, letters: RegExp])[] = [
  ['ja', /[\p{Script=Hiragana}\p{Script=Katakana}]/gu],
  ['ko', /\p{Script=Hangul}/gu],
  ['zh', /\p{Script=Han}/gu],
  ['latin', /\p{Script=Latin}/gu],
  ['cyrillic', /\p{Script=Cyrillic}/gu],
  ['ar', /\p{Script=Arabic}/gu],
  ['el', /\p{Script=Greek}/gu],
  ['he', /\p{Script=Hebrew}/gu],
  ['th', /\p{Script=Thai}/gu],
  ['hi', /\p{Script=Devanagari}/gu],
  ['ta', /\p{Script=Tamil}/gu],
  ['te', /\p{Script=Telugu}/gu],
  ['bn', /\p{Script=Bengali}/gu],
  ['ka', /\p{Script=Georgian}/gu],
  ['hy', /\p{Script=Armenian}/gu],
];

/** Common short words, written down for this purpose. A word in several lists counts for each. */
const COMMON_WORDS: Readonly<Record<'latin' | 'cyrillic', Readonly<Record<string, string>>>> = {
  latin: {
    en: "the and you to of it is in that my me i'm don't your we be for on this with all so but not know what just when no can are was love like oh do have if she he they never will",
    es: 'que de no la el y en lo un por me te se con una mi para los como pero ya si tu más yo está eres las del es al quiero sin cuando amor corazón hoy nada',
    fr: "je de est pas le vous la tu que un il et à ne les ce en on ça une ai pour des moi qui nous mais me dans elle du c'est j'ai bien plus mon ma toi sur l'amour d'un quand au",
    de: 'ich du das ist nicht die es und der wir sie was er ein zu mir mit ja wie den auf mich dass so hier eine wenn hat all sind von dich war dir mein für doch nur liebe auch noch immer',
    it: 'che non di è la il un per ti mi sono ho ma lo ha le si ci con una cosa come io questo qui bene sei del se mio più tu amore da gli della anche perché quando senza nel',
    pt: 'que não de eu é um se me uma para você o a isso por te com em mais do no meu bem mas na sim os tudo meu as foi seu ela tem muito ao quando amor coração sem minha só',
    nl: 'ik je het de dat is een niet en wat van we in ze op te hij zijn er maar me die heb voor met als ben mijn naar dan aan hem nog waar jij wil geen ook liefde',
    sv: 'jag det är du inte att en och har vi på i för han vad med mig som här om dig var den så till kan de nu när ska ett men hon vill alla bara mitt min aldrig',
    da: 'jeg det er du ikke at en og har vi på i for han hvad med mig som her om dig var den så til kan de nu når skal et men hun vil alle bare mit min aldrig kærlighed',
    no: 'jeg det er du ikke at en og har vi på i for han hva med meg som her om deg var den så til kan de nå når skal et men hun vil alle bare mitt min aldri kjærlighet',
    fi: 'on ei se en mitä minä että ja hän sinä oli olen mutta ole niin tämä kun kuin sen nyt jos hyvin minun sinun kaikki vain vielä joka minua sinua enkä sydän',
    pl: 'nie to się w na i że z co jest do jak tak ja mnie o mi po ale ma za dla mam ty cię czy tylko jestem wszystko być gdy nic już bez miłość kiedy',
    cs: 'se to je na v že a jsem si ale co jak mi do tak já za ty když jsi být mě jen nebo už ne po by pro má láska tě není',
    ro: 'nu și să de o e ce a în te la că mai am mă cu pe un ne ai din eu ca tu dar asta este pentru bine când dragoste fără',
    hu: 'a nem az hogy és is egy ez van meg csak de mit ha el mi volt én már ki még te most kell vagy ne itt jó mert szerelem minden soha',
    tr: 'bir bu ne ve mi için çok ben o evet var ama da de sen seni değil beni daha gibi kadar benim yok şey olarak her aşk gel senin bana sana',
    id: 'yang aku di kau dan tak ini itu dengan untuk ada kamu akan ku dari bisa cinta hati tidak pergi selalu saat hanya kita jangan semua',
    vi: 'anh em là không và có của một cho tôi trong này đã với được những người như khi yêu đến thì mình còn nhớ lòng đi tình',
    tl: 'ang ng sa na ako ko mo ka ay at hindi lang ikaw mga pag ito kung puso kita akin siya wala pa naman',
  },
  cyrillic: {
    ru: 'и в не я что на ты с как это мне но он все мы она так у тебя меня же за по только ещё мой моя люблю если без когда нет был',
    uk: 'і в не я що на ти з як це мені але він все ми вона так у тебе мене ж за по тільки ще мій моя кохаю якщо без коли немає був та й',
    bg: 'и в не аз че на ти с как това ми но той всичко ние тя така да се съм е си за от само още мой моя обичам ако без когато няма беше',
    sr: 'и у не ја што на ти са како то ми али он све ми она тако је да се сам си за од само још мој моја волим ако без кад нема био',
  },
};

const LANGUAGES_OF_WORD = new Map(
  Object.entries(COMMON_WORDS).map(([script, lists]) => {
    const languages = new Map<string, string[]>();
    for (const [language, words] of Object.entries(lists)) {
      for (const word of new Set(words.split(' '))) languages.set(word, [...(languages.get(word) ?? []), language]);
    }
    return [script, languages];
  }),
);

/** Letters looked at: songs do not change their language after this many, and a text may be a megabyte long. */
const SAMPLE_LENGTH = 20_000;

/**
 * The language most of the text is in, as ISO 639-1; 'und' where its letters or words say nothing (numbers, "la la la").
 * A Japanese text is told from a Chinese one by a tenth of kana.
 */
export const detectLanguage = (text: string): string => {
  const sample = text.slice(0, SAMPLE_LENGTH).normalize('NFC').toLowerCase();
  const counts = new Map(SCRIPTS.map(([script, letters]) => [script, sample.match(letters)?.length ?? 0]));
  // One Han or kana character is about as much text as three Latin letters.
  const weighed = new Map([...counts].map(([script, count]) => [script, /ja|ko|zh/.test(script) ? 3 * count : count]));
  const han = weighed.get('zh')!;
  const kana = weighed.get('ja')!;
  if (kana > 0.1 * (han + kana)) {
    weighed.set('ja', han + kana);
    weighed.set('zh', 0);
  }
  const [script, most] = [...weighed].reduce((best, entry) => (entry[1] > best[1] ? entry : best));
  if (most === 0) return 'und';
  const languages = LANGUAGES_OF_WORD.get(script);
  if (!languages) return script;
  const points = new Map<string, number>();
  for (const word of sample.replaceAll('’', "'").match(/[\p{L}\p{M}]+(?:'[\p{L}\p{M}]+)*/gu) ?? []) {
    const named = languages.get(word) ?? [];
    // A word that few languages share says more.
    for (const language of named) points.set(language, (points.get(language) ?? 0) + 1 / named.length);
  }
  const ranked = [...points].sort((a, b) => b[1] - a[1]);
  return ranked[0]?.[0] ?? 'und';
};
