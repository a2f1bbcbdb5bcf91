/** `attune library similar`: the songs that sound most like one. */
import type { LibrarySettings } from '../server/library/open-library.ts';
import type { Store, StoredSong } from '../server/store/store.ts';
import type { Emotion } from '../src/base/emotions.ts';
import { InvalidInputError, NoAnswerError } from '../src/base/errors.ts';
import { checkJsonTarget, cutTo, isScreen, type JsonTarget, print, screenColumns, writeJson } from './output.ts';

interface SimilarOptions {
  readonly limit: number;
  readonly emotion?: Emotion;
  readonly json?: JsonTarget;
}

/** Songs named when a title fits several. */
const NAMED_SONGS = 5;

/** A song by its id, by its whole title or "artist - title", or by words that only one song has. @throws {InvalidInputError} `library/song` */
const findSong = async (store: Store, name: string): Promise<StoredSong> => {
  const exact = await store.getSong(name);
  if (exact) return exact;
  const [artist, title] = name.includes(' - ') ? name.split(' - ') : [];
  const { songs } = await store.listSongs({ text: title?.trim() || name, limit: 1000 });
  const plain = (text: string): string => text.normalize('NFKC').toLowerCase().trim();
  const whole = songs.filter((song) =>
    artist !== undefined && plain(song.artist) === plain(artist)
      ? plain(song.title) === plain(title ?? '')
      : plain(song.title) === plain(name),
  );
  const fitting = whole.length > 0 ? whole : songs;
  const [one] = fitting;
  if (one && fitting.length === 1) return one;
  const ids = fitting.slice(0, NAMED_SONGS).map(({ id }) => id);
  throw new InvalidInputError(
    'library/song',
    fitting.length === 0
      ? `No song of the library is called "${name}": "attune library list --text WORDS" finds what there is.`
      : `"${name}" fits ${fitting.length} songs: name one by its id, ${ids.map((id) => `"${id}"`).join(', ')}${
          fitting.length > ids.length ? ', …' : '.'
        }`,
  );
};

export const showSimilar = async (
  name: string,
  { limit, emotion, json }: SimilarOptions,
  settings: LibrarySettings,
): Promise<void> => {
  checkJsonTarget(json);
  const { openLibraryStore } = await import('../server/library/open-library.ts');
  const store = await openLibraryStore(settings);
  try {
    const song = await findSong(store, name);
    const { model, songs } = await store.similarSongs(song.id, { limit, ...(emotion && { emotion }) });
    if (json !== undefined) writeJson({ song, model, songs }, json);
    if (isScreen(json)) return;
    if (songs.length === 0) throw new NoAnswerError('library/alone', 'No other song of the library was analysed yet.');
    const columns = screenColumns();
    for (const { song: one, similarity } of songs) {
      const alike = similarity.toFixed(3);
      if (columns === Number.POSITIVE_INFINITY) print([alike, one.artist, one.title, one.id].join('\t'));
      else print(`${alike.padStart(6)}  ${cutTo(`${one.artist} - ${one.title}`, columns - 8)}`);
    }
  } finally {
    await store.close();
  }
};
