/** Three songs for each mood, to be replaced by search. */
import { useSignal } from '@preact/signals';
import { useEffect, useId, useRef } from 'preact/hooks';
import { EMOTIONS, type Emotion } from '../../src/base/emotions.ts';
import type { Catalogue } from '../../src/music/catalogue.ts';
import type { Song } from '../../src/music/song.ts';
import { profile, setTypical } from '../kept.ts';
import { sentence } from '../sentence.ts';
import { catalogue, isCatalogue, searchSongs } from '../songs.ts';
import { text } from '../strings/index.ts';
import { Icon } from './icon.tsx';
import { Wave } from './wave.tsx';

const MOST = 8;

/** The listener's three where all are still in the catalogue, else those it marks. */
const songsOf = (emotion: Emotion, songs: Catalogue): { readonly songs: readonly Song[]; readonly own: boolean } => {
  const own = (profile.value[emotion] ?? []).flatMap((id) => songs.find(id) ?? []);
  if (own.length === 3) return { songs: own, own: true };
  const marked = [...songs.columns.typical].map((position) => songs.song(position));
  return { songs: marked.filter((song) => song.emotion === emotion), own: false };
};

interface SearchProps {
  readonly emotion: Emotion;
  readonly songs: Catalogue;
  /** Songs that may not be chosen again. */
  readonly taken: readonly Song[];
  readonly onChoose: (song: Song) => void;
  readonly onClose: () => void;
}

/** A search field with its results below: arrow keys move through them, Escape closes. */
const SongSearch = ({ emotion, songs, taken, onChoose, onClose }: SearchProps) => {
  const id = useId();
  const field = useRef<HTMLInputElement>(null);
  const query = useSignal('');
  const found = useSignal<readonly Song[] | undefined>(undefined);
  const words = text().own;
  useEffect(() => {
    field.current?.focus();
    // Room for the results below it.
    field.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  useEffect(() => {
    const aborter = new AbortController();
    found.value = undefined;
    const timer = setTimeout(async () => {
      const results = await searchSongs(songs, query.value, MOST + taken.length, aborter.signal);
      if (!aborter.signal.aborted)
        found.value = results.filter((song) => taken.every((other) => other.id !== song.id)).slice(0, MOST);
    }, 120);
    return () => {
      clearTimeout(timer);
      aborter.abort();
    };
  }, [query.value, songs]);
  const move = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      event.preventDefault();
      onClose();
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    const box = event.currentTarget as HTMLElement;
    const stops = [...box.querySelectorAll<HTMLElement>('input, .result')];
    const at = stops.indexOf(document.activeElement as HTMLElement);
    const next = stops[Math.max(0, Math.min(stops.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1)))];
    event.preventDefault();
    next?.focus();
  };
  const isAsked = query.value.trim() !== '';
  return (
    <search class="song-search" onKeyDown={move}>
      <label for={id}>{words.search(emotion)}</label>
      <input
        id={id}
        ref={field}
        type="search"
        autocomplete="off"
        placeholder={words.searchHint}
        value={query.value}
        onInput={(event) => {
          query.value = event.currentTarget.value;
        }}
      />
      <p class="hint" role="status">
        {isAsked && (found.value ? words.results(found.value.length) : words.searching)}
      </p>
      {isAsked && found.value && found.value.length > 0 && (
        <ul>
          {found.value.map((song) => (
            <li key={song.id}>
              <button type="button" class="result" onClick={() => onChoose(song)}>
                <b>{song.title}</b>{' '}
                <span class="song-facts">{[song.artist, song.year].filter(Boolean).join(' · ')}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </search>
  );
};

const MoodSongs = ({ emotion, songs }: { readonly emotion: Emotion; readonly songs: Catalogue }) => {
  const words = text().own;
  const shown = songsOf(emotion, songs);
  const replacing = useSignal<number | undefined>(undefined);
  /** Chosen where the catalogue marks none, until there are three: fewer stand for nothing. */
  const begun = useSignal<readonly (Song | undefined)[]>([]);
  const box = useRef<HTMLElement>(null);
  const close = (): void => {
    const index = replacing.value ?? 0;
    replacing.value = undefined;
    // The field that had the focus is gone.
    setTimeout(() => box.current?.querySelectorAll<HTMLElement>('.typical-song')[index]?.focus());
  };
  // A catalogue may mark none for this mood: then three are chosen from nothing.
  const slots = Array.from({ length: 3 }, (_, index) => shown.songs[index] ?? songs.find(begun.value[index]?.id ?? ''));
  const taken = slots.flatMap((song) => song ?? []);
  const choose = (song: Song): void => {
    const next = slots.map((old, index) => (index === replacing.value ? song : old));
    const ids = next.flatMap((item) => item?.id ?? []);
    close();
    begun.value = ids.length === 3 ? [] : next;
    if (ids.length === 3) void setTypical(emotion, ids);
  };
  return (
    <section class={`mood-songs tone-${emotion}`} aria-labelledby={`typical-${emotion}`} ref={box}>
      <div class="mood-songs-head">
        <Wave emotion={emotion} width={40} height={18} turns={2} />
        <h4 id={`typical-${emotion}`}>{text().emotion[emotion]}</h4>
        <span class="hint">{shown.own ? words.chosen : words.fromCatalogue}</span>
        {shown.own && (
          <button type="button" class="link" onClick={() => void setTypical(emotion, undefined)}>
            {words.reset}
          </button>
        )}
      </div>
      <ul>
        {slots.map((song, index) => (
          <li key={song?.id ?? index}>
            <button
              type="button"
              class="typical-song"
              aria-label={song ? `${song.title}, ${song.artist}. ${words.replace(song.title)}` : words.search(emotion)}
              aria-expanded={replacing.value === index}
              onClick={() => {
                replacing.value = replacing.value === index ? undefined : index;
              }}
            >
              {song ? (
                <span>
                  <b>{song.title}</b> <span class="song-facts">{song.artist}</span>
                </span>
              ) : (
                '–'
              )}
              <Icon name="swap" />
            </button>
            {replacing.value === index && (
              <SongSearch emotion={emotion} songs={songs} taken={taken} onChoose={choose} onClose={close} />
            )}
          </li>
        ))}
      </ul>
    </section>
  );
};

export const TypicalSongs = () => {
  const words = text().own;
  const songs = catalogue.value;
  return (
    <section aria-labelledby="typical-title">
      <h3 id="typical-title">{words.typicalTitle}</h3>
      <p>{words.typicalLead}</p>
      {isCatalogue(songs) ? (
        <div class="mood-grid">
          {EMOTIONS.map((emotion) => (
            <MoodSongs key={emotion} emotion={emotion} songs={songs} />
          ))}
        </div>
      ) : (
        <p role="status">{songs ? `${text().list.failed} ${sentence(songs)}` : text().list.loading}</p>
      )}
    </section>
  );
};
