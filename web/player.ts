/** Music files of this device, matched to songs by their names, and the one that plays. */
import { computed, signal } from '@preact/signals';
import { type Song, slug } from '../src/music/song.ts';
import { namesOf } from './file-names.ts';
import { list } from './list.ts';

const SOUND = /\.(mp3|m4a|aac|flac|ogg|oga|opus|wav|webm|weba)$/i;

export interface LocalFiles {
  readonly count: number;
  /** By the id of artist and title where the name holds both, else by the slug of the title. */
  readonly byName: ReadonlyMap<string, File>;
}

export const localFiles = signal<LocalFiles>({ count: 0, byName: new Map() });
/** A file that belongs to no song of the list is called by its name. */
type PlayedSong = Pick<Song, 'id' | 'title' | 'artist'>;
export const playing = signal<{ readonly song: PlayedSong; readonly file: File; readonly url: string } | undefined>(
  undefined,
);
/** Each file once, whatever names it goes by. */
export const files = computed<readonly File[]>(() => [...new Set(localFiles.value.byName.values())]);
/** The name of a file that the browser could not play. */
export const brokenFile = signal<string | undefined>(undefined);

export const addFiles = (files: readonly File[]): void => {
  const sounds = files.filter((file) => file.type.startsWith('audio/') || SOUND.test(file.name));
  const byName = new Map(localFiles.value.byName);
  for (const file of sounds) for (const name of namesOf(file.name)) byName.set(name, file);
  localFiles.value = { count: new Set(byName.values()).size, byName };
};

export const fileOf = ({ id, title }: Pick<Song, 'id' | 'title'>): File | undefined =>
  localFiles.value.byName.get(id) ?? localFiles.value.byName.get(slug(title));

export const stopPlaying = (): void => {
  if (playing.value) URL.revokeObjectURL(playing.value.url);
  playing.value = undefined;
};

const start = (song: PlayedSong, file: File): void => {
  stopPlaying();
  brokenFile.value = undefined;
  playing.value = { song, file, url: URL.createObjectURL(file) };
};

export const play = (song: Song): void => {
  const file = fileOf(song);
  if (file) start(song, file);
};

/** Plays a file by itself, as the song of the list that it is, or under its own name. */
export const playFile = (file: File): void => {
  const known = list.value?.recommendation.songs.find(({ song }) => fileOf(song) === file)?.song;
  const title = file.name.replace(/\.[^.]+$/, '');
  start(known ?? { id: slug(title), title, artist: '' }, file);
};

/** The next song of the list that has a file; the player closes after the last. */
export const playNext = (): void => {
  const songs = list.value?.recommendation.songs.map(({ song }) => song) ?? [];
  const at = songs.findIndex(({ id }) => id === playing.value?.song.id);
  const next = songs.slice(at + 1).find((song) => fileOf(song) !== undefined);
  if (next) play(next);
  else stopPlaying();
};
