/** The library's commands that show its songs, count them and write them out. */
import type { StoredSong } from '../server/store/store.ts';
import { EMOTIONS } from '../src/base/emotions.ts';
import { type FilterOptions, filterOf, type JsonOption, librarySettings } from './library-options.ts';
import {
  checkJsonTarget,
  counted,
  createProgress,
  cutAndPad,
  cutTo,
  isScreen,
  percent,
  print,
  screenColumns,
  writeJson,
} from './output.ts';

const songLine = ({ artist, title, emotion, confidence, tags }: StoredSong): string => {
  const columns = screenColumns();
  const known = confidence > 0 ? `${emotion} ${percent(confidence)}` : '';
  if (columns === Number.POSITIVE_INFINITY) return [artist, title, known, tags.join(';')].join('\t');
  return `${cutAndPad(known, 14)}${cutTo(`${artist} - ${title}`, columns - 15)}`;
};

export const listSongs = async ({ limit, json, ...filter }: FilterOptions & { limit: number }): Promise<void> => {
  checkJsonTarget(json);
  const { openLibraryStore } = await import('../server/library/open-library.ts');
  const store = await openLibraryStore(librarySettings());
  try {
    const songs: StoredSong[] = [];
    for (let cursor: string | undefined; songs.length < limit; ) {
      const size = Math.min(1000, limit - songs.length);
      const page = await store.listSongs({
        ...filterOf(filter),
        order: 'artist',
        limit: size,
        ...(cursor && { cursor }),
      });
      songs.push(...page.songs);
      cursor = page.next;
      if (!cursor) break;
    }
    const { total } = await store.countSongs(filterOf(filter));
    if (json !== undefined) writeJson({ total, songs }, json);
    if (isScreen(json)) return;
    for (const song of songs) print(songLine(song));
    if (process.stdout.isTTY) print(`${songs.length} of ${counted(total, 'song')}.`);
  } finally {
    await store.close();
  }
};

export const showEmotions = async ({ json }: JsonOption): Promise<void> => {
  checkJsonTarget(json);
  const { openLibraryStore } = await import('../server/library/open-library.ts');
  const store = await openLibraryStore(librarySettings());
  try {
    const { total, byEmotion } = await store.countSongs();
    if (json !== undefined) writeJson({ total, byEmotion }, json);
    if (isScreen(json)) return;
    const most = Math.max(1, ...EMOTIONS.map((emotion) => byEmotion[emotion]));
    const bar = Math.min(40, screenColumns() - 26);
    for (const emotion of EMOTIONS) {
      const count = byEmotion[emotion];
      print(
        `${emotion.padEnd(9)}${String(count).padStart(9)}  ${'█'.repeat(Math.round((count / most) * bar))}`.trimEnd(),
      );
    }
    print(`${'all'.padEnd(9)}${String(total).padStart(9)}`);
  } finally {
    await store.close();
  }
};

export const exportSongs = async (file: string, { json, ...filter }: FilterOptions): Promise<void> => {
  checkJsonTarget(json);
  const { openLibraryStore } = await import('../server/library/open-library.ts');
  const { exportLibrary } = await import('../server/library/export-library.ts');
  const progress = createProgress();
  const store = await openLibraryStore(librarySettings());
  try {
    const songs = await exportLibrary(store, file, {
      ...filterOf(filter),
      onProgress: (count) => progress.say(counted(count, 'song')),
    });
    progress.clear();
    if (json !== undefined) writeJson({ file, songs }, json);
    if (!isScreen(json)) print(`${counted(songs, 'song')} in ${file}.`);
  } finally {
    progress.clear();
    await store.close();
  }
};
