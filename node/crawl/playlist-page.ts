/** Any page that tells search engines which songs it lists: schema.org in JSON-LD, else Open Graph's music tags. */
import { Parser } from 'htmlparser2';
import { AttuneError, NoAnswerError, UnavailableError } from '../../src/base/errors.ts';
import { splitArtistTitle } from '../import/playlist-file.ts';
import { type SongRecord, tidyRecord } from '../import/song-record.ts';
import { type CrawlContext, type CrawlSource, mostSongsOf } from './source.ts';

/** Pages one list may lead to, where it names its songs by their pages only. */
const MOST_PAGES = 500;
const DEEPEST = 12;

interface PageData {
  readonly jsonLd: readonly unknown[];
  /** `property` or `name` -> its contents, in order. */
  readonly meta: ReadonlyMap<string, readonly string[]>;
}

/** What a page says of itself; broken JSON in it is passed over. */
export const readPageData = (html: string): PageData => {
  const jsonLd: unknown[] = [];
  const meta = new Map<string, string[]>();
  let script: string | undefined;
  const parser = new Parser({
    onopentag: (name, attributes) => {
      if (name === 'script' && /^application\/ld\+json/i.test(attributes.type ?? '')) script = '';
      const key = attributes.property ?? attributes.name;
      if (name !== 'meta' || key === undefined || attributes.content === undefined) return;
      meta.set(key.toLowerCase(), [...(meta.get(key.toLowerCase()) ?? []), attributes.content]);
    },
    ontext: (text) => {
      if (script !== undefined) script += text;
    },
    onclosetag: (name) => {
      if (name !== 'script' || script === undefined) return;
      try {
        jsonLd.push(JSON.parse(script));
      } catch {
        // Many pages carry one that is broken beside one that is not.
      }
      script = undefined;
    },
  });
  parser.end(html);
  return { jsonLd, meta };
};

type Thing = Readonly<Record<string, unknown>>;
const isThing = (value: unknown): value is Thing =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];
const isType = (thing: Thing, ...names: readonly string[]): boolean =>
  listOf(thing['@type']).some((type) => typeof type === 'string' && names.includes(type.replace(/^.*[/#]/, '')));
const textOf = (value: unknown): string | undefined => {
  const [first] = listOf(value);
  if (typeof first === 'string' || typeof first === 'number') return String(first);
  return isThing(first) ? textOf(first.name ?? first['@value']) : undefined;
};
const namesOf = (value: unknown): string =>
  listOf(value)
    .map((one) => textOf(one))
    .filter((name) => name !== undefined)
    .join(', ');

/** Seconds out of `PT3M25S` or `PT1H2M3.5S`. @see ISO 8601 */
export const isoDurationSeconds = (text: string | undefined): number | undefined => {
  const [, hours, minutes, seconds] = /^P(?:T)?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?$/.exec(text ?? '') ?? [];
  const sum = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return sum > 0 ? sum : undefined;
};

const httpLink = (value: unknown, page: string): string | undefined => {
  const text = textOf(value);
  if (text === undefined) return undefined;
  try {
    const url = new URL(text, page);
    return /^https?:$/.test(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
};

/** @see https://schema.org/MusicRecording */
const songOfRecording = (thing: Thing, page: string, list: Thing | undefined): SongRecord | undefined => {
  const artist = namesOf(thing.byArtist ?? thing.author ?? thing.creator) || namesOf(list?.byArtist);
  const title = textOf(thing.name);
  const split = artist === '' && title !== undefined ? splitArtistTitle(title) : {};
  const album = isThing(thing.inAlbum)
    ? textOf(thing.inAlbum.name)
    : list && isType(list, 'MusicAlbum')
      ? textOf(list.name)
      : undefined;
  const year = Number(textOf(thing.datePublished ?? list?.datePublished)?.slice(0, 4));
  const keywords = [...listOf(thing.genre ?? list?.genre), ...listOf(thing.keywords)];
  return tidyRecord({
    title,
    artist,
    album,
    year: year || undefined,
    durationSeconds: isoDurationSeconds(textOf(thing.duration)),
    url: httpLink(thing.url ?? thing['@id'], page),
    tags: keywords.flatMap((word) => (typeof word === 'string' ? word.split(/[,;]/) : [])),
    ...split,
  });
};

/** Every recording in a page's JSON-LD, lists and graphs opened. */
export function* songsOfJsonLd(data: readonly unknown[], page: string): Generator<SongRecord> {
  function* visit(value: unknown, list: Thing | undefined, depth: number): Generator<SongRecord> {
    if (depth > DEEPEST) return;
    for (const thing of listOf(value)) {
      if (!isThing(thing)) continue;
      if (isType(thing, 'MusicRecording')) {
        const song = songOfRecording(thing, page, list);
        if (song) yield song;
      } else if (isType(thing, 'ListItem')) yield* visit(thing.item, list, depth + 1);
      else {
        const inner = isType(thing, 'MusicPlaylist', 'MusicAlbum') ? thing : list;
        for (const key of ['@graph', 'mainEntity', 'track', 'tracks', 'itemListElement'] as const) {
          yield* visit(thing[key], inner, depth + 1);
        }
      }
    }
  }
  yield* visit(data, undefined, 0);
}

/** @see https://ogp.me/#type_music */
const songOfOpenGraph = (meta: PageData['meta'], page: string): SongRecord | undefined => {
  const first = (key: string): string | undefined => meta.get(key)?.[0];
  const title = first('og:title');
  if (!title || !/^music\.song$/i.test(first('og:type') ?? '')) return undefined;
  const musician = first('music:musician_description') ?? first('music:musician:name');
  // Where the musician is only a link, the description begins with the name: "Artist · Album · Song · 1999".
  const described = (first('og:description') ?? '').split(/\s+[·•]\s+/);
  const artist = musician ?? (described.length > 1 ? described[0] : undefined);
  return tidyRecord({
    ...(artist ? { title, artist } : splitArtistTitle(title)),
    tags: [],
    durationSeconds: Number(first('music:duration')) || undefined,
    url: httpLink(first('og:url'), page) ?? page,
  });
};

async function* readPage(url: URL, context: CrawlContext): AsyncGenerator<SongRecord> {
  const { fetcher, onProblem = () => {} } = context;
  const visited = new Set<string>();
  const open = async (address: string): Promise<PageData & { readonly url: string; readonly found: boolean }> => {
    visited.add(address);
    const answer = await fetcher.fetch(address);
    return { ...readPageData(answer.text), url: answer.url, found: answer.status < 300 };
  };
  /** Hosts that did not answer: each is tried once, as trying takes a minute. */
  const away = new Map<string, UnavailableError>();
  const openSong = async (link: string): ReturnType<typeof open> => {
    const known = away.get(new URL(link).host);
    if (known) throw known;
    return open(link);
  };
  const page = await open(url.href);
  let count = 0;
  for (const song of songsOfJsonLd(page.jsonLd, page.url)) {
    if (count >= mostSongsOf(context)) return;
    count += 1;
    yield song;
  }
  if (count > 0) return;
  const single = songOfOpenGraph(page.meta, page.url);
  if (single) {
    yield single;
    return;
  }
  const links = [...new Set(page.meta.get('music:song') ?? [])].map((link) => httpLink(link, page.url));
  for (const link of links.slice(0, Math.min(MOST_PAGES, mostSongsOf(context)))) {
    if (link === undefined || visited.has(link)) continue;
    const songPage = await openSong(link).catch((error: unknown) => {
      // One page that cannot be had (refused, gone, private) leaves the others; a host that asks to come back later is waited for.
      if (!(error instanceof AttuneError) || error.code === 'crawl/later') throw error;
      if (error instanceof UnavailableError) away.set(new URL(link).host, error);
      onProblem({ source: link, code: error.code, message: error.message });
    });
    if (songPage === undefined) continue;
    const [song = songOfOpenGraph(songPage.meta, songPage.url)] = songsOfJsonLd(songPage.jsonLd, songPage.url);
    if (song) {
      count += 1;
      yield song;
    } else onProblem({ source: link, code: 'import/track', message: 'The page tells no artist and title.' });
  }
  if (count === 0) {
    throw new NoAnswerError(
      'crawl/no-songs',
      `${url.host} ${page.found ? 'tells no songs on this page in a form programs read (JSON-LD or Open Graph)' : 'has no such page'}: save the list as a file and add that.`,
    );
  }
}

export const playlistPage: CrawlSource = {
  name: 'page',
  accepts: (url) => url.protocol === 'http:' || url.protocol === 'https:',
  songs: readPage,
};
