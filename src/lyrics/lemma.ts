/** English words -> their dictionary form, by the endings that English has and the forms that break its rules. */

/** Forms no ending explains, by their dictionary form; written down from grammar, the commonest only. */
const IRREGULAR: Readonly<Record<string, string>> = {
  be: "am is are was were been being 'm 're i'm you're we're they're",
  have: 'has had having',
  do: 'does did done doing',
  go: 'goes went gone goin',
  say: 'said says',
  make: 'made',
  take: 'took taken',
  come: 'came comin',
  see: 'saw seen',
  get: 'got gotten gettin gets getting',
  give: 'gave given',
  find: 'found',
  think: 'thought',
  tell: 'told',
  become: 'became',
  leave: 'left leaves',
  feel: 'felt',
  bring: 'brought',
  begin: 'began begun',
  keep: 'kept',
  hold: 'held',
  write: 'wrote written',
  stand: 'stood',
  hear: 'heard',
  mean: 'meant',
  meet: 'met',
  run: 'ran',
  pay: 'paid',
  sit: 'sat',
  speak: 'spoke spoken',
  lie: 'lying lied lies',
  die: 'dying died dies',
  tie: 'tying tied',
  lead: 'led',
  grow: 'grew grown',
  lose: 'lost',
  fall: 'fell fallen',
  send: 'sent',
  build: 'built',
  understand: 'understood',
  draw: 'drew drawn',
  break: 'broke broken',
  spend: 'spent',
  rise: 'rose risen',
  drive: 'drove driven',
  buy: 'bought',
  wear: 'wore worn',
  choose: 'chose chosen',
  sing: 'sang sung',
  ring: 'rang rung',
  drink: 'drank drunk',
  swim: 'swam swum',
  sink: 'sank sunk',
  shake: 'shook shaken',
  fly: 'flew flown',
  throw: 'threw thrown',
  know: 'knew known',
  blow: 'blew blown',
  hide: 'hid hidden',
  bite: 'bitten',
  forget: 'forgot forgotten',
  forgive: 'forgave forgiven',
  steal: 'stole stolen',
  freeze: 'froze frozen',
  wake: 'woke woken',
  tear: 'tore torn',
  swear: 'swore sworn',
  bear: 'bore borne',
  eat: 'ate eaten',
  fight: 'fought',
  catch: 'caught',
  teach: 'taught',
  seek: 'sought',
  sleep: 'slept',
  weep: 'wept',
  dream: 'dreamt',
  burn: 'burnt',
  bleed: 'bled',
  feed: 'fed',
  shoot: 'shot',
  shine: 'shone',
  win: 'won',
  hang: 'hung',
  stick: 'stuck',
  strike: 'struck',
  dig: 'dug',
  sell: 'sold',
  ride: 'rode ridden',
  beat: 'beaten',
  light: 'lit',
  child: 'children',
  man: 'men',
  woman: 'women',
  foot: 'feet',
  tooth: 'teeth',
  mouse: 'mice',
  life: 'lives',
  wife: 'wives',
  wolf: 'wolves',
  thief: 'thieves',
  knife: 'knives',
  self: 'selves',
  good: 'better best',
  bad: 'worse worst',
};

const LEMMA_OF = new Map(
  Object.entries(IRREGULAR).flatMap(([lemma, forms]) =>
    forms
      .split(' ')
      .filter(Boolean)
      .map((form) => [form, lemma] as const),
  ),
);

/** Adjectives that are compared by endings; of others, "-er" and "-est" are left alone ("flower", "forest"). */
const COMPARED =
  'big bold brave bright broad cheap clean clear close cold cool cruel dark deep dim dull dumb fair fast fat few fine firm fit free fresh full glad grand gray great green grey hard harsh high hot kind large late light long loose loud low mad mean mild near neat new nice old pale plain poor proud pure quick quiet rare raw rich ripe rude sad safe sane sharp short shy sick slow small smart smooth soft sore sour stiff strange strong sweet tall thick thin tight tough true vague warm weak wet white wide wild wise young'.split(
    ' ',
  );

for (const adjective of COMPARED) {
  const stem = adjective.replace(/e$/, '').replace(/([^aeiou][aeiou])([bdgmnt])$/, '$1$2$2');
  LEMMA_OF.set(`${stem}er`, adjective);
  LEMMA_OF.set(`${stem}est`, adjective);
}

/** Words that only look as if they had an ending. */
const KEPT = new Set(
  'always as begin bed bit brain bus cabin ceiling christmas cousin darling during evening gas his hundred its jesus less margin martin morning need news nothing origin perhaps red robin ruin satin sacred shed something sometimes thanks this thus train us virgin within yes wicked naked hatred king ring sing bring thing string spring wing swing wedding'.split(
    ' ',
  ),
);

/** Ending -> what may stand in its place, likeliest first; endings from long to short. */
const ENDINGS: readonly (readonly [ending: string, replacements: readonly string[]])[] = [
  ["in'", ['', 'e']],
  ["'s", ['']],
  ['iest', ['y']],
  ['ying', ['y', 'ie']],
  ['sses', ['ss']],
  ['ies', ['y', 'ie']],
  ['ied', ['y', 'ie']],
  ['ier', ['y']],
  ['ves', ['ve', 'f', 'fe']],
  ['ing', ['', 'e']],
  ['ed', ['', 'e']],
  ['es', ['e', '']],
  ['in', ['', 'e']],
  ['s', ['']],
];

/** Stem whose last consonant was doubled before the ending: "stopped", "hitting". */
const DOUBLED = /([bdgmnprt])\1$/;
/** "hop|ing", "lov|ed": one vowel and one consonant would have been doubled, so an e was dropped. */
const DROPPED_E = /^[^aeiou]*[aeiou][bcdgkmnprstvz]$/;
const VOWEL = /[aeiouy]/;

/**
 * Possible dictionary forms of an English word, likeliest first, the word itself last. Not all are words: look them up
 * ("believing" gives "believ" as well as "believe"). Lower case in, lower case out.
 *
 * @see Fellbaum (ed.), WordNet (1998): rules of detachment with an exception list, as its morphy works.
 */
export const lemmaCandidates = (word: string): string[] => {
  const irregular = LEMMA_OF.get(word);
  if (irregular !== undefined) return [irregular, word];
  if (KEPT.has(word)) return [word];
  const found: string[] = [];
  for (const [ending, replacements] of ENDINGS) {
    const stem = word.slice(0, -ending.length);
    if (!word.endsWith(ending) || stem.length < 2) continue;
    if (ending === 's' && /[su]s$/.test(word)) continue;
    const afterVerbEnding = /^(?:ing|ed|in|in')$/.test(ending);
    // "thing" and "bring" are no forms; a bare "in" is a dropped g only after a longer stem ("lovin").
    if (afterVerbEnding && (!VOWEL.test(stem) || (ending === 'in' && stem.length < 3))) continue;
    if (afterVerbEnding && DOUBLED.test(stem)) found.push(stem.slice(0, -1));
    const ordered = afterVerbEnding && DROPPED_E.test(stem) ? [...replacements].reverse() : replacements;
    for (const replacement of ordered) found.push(stem + replacement);
  }
  found.push(word);
  return [...new Set(found)];
};

/**
 * The dictionary form of an English word: the first candidate that is a word. A word in the dictionary as it stands is
 * still looked at, so that "loves" becomes "love"; where nothing fits it stays as it came.
 *
 * @param isWord whether a form is in the dictionary: words of a lexicon, or of the texts at hand
 */
export const lemma = (word: string, isWord: (form: string) => boolean): string =>
  lemmaCandidates(word).find((form) => form !== word && isWord(form)) ?? word;
