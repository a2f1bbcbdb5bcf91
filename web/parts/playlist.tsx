/** The playlist: goal, songs with their reasons, other songs, files. */
import { useEffect, useRef } from 'preact/hooks';
import type { Goal } from '../../src/music/mood-target.ts';
import { formatPlaylist, type PlaylistFormat, youtubeLink } from '../../src/music/playlist.ts';
import type { RankedSong } from '../../src/music/recommend.ts';
import { anotherList, catalogue, chooseGoal, fetchCatalogue, type List, list, mood } from '../state.ts';
import { text } from '../strings.ts';
import { Wave } from './wave.tsx';

const GOALS: readonly Goal[] = ['match', 'lift', 'calm'];
/** Where the line at the head of the list leads to. */
const LEADS_TO = { lift: 'happy', calm: 'neutral' } as const;
const TYPES: Readonly<Record<PlaylistFormat, string>> = {
  m3u8: 'application/vnd.apple.mpegurl',
  xspf: 'application/xspf+xml',
  jspf: 'application/json',
  csv: 'text/csv',
};

/** More reasons than this tire the eye; the strongest come first. */
const REASONS = 5;

const languages = new Intl.DisplayNames(['en'], { type: 'language', fallback: 'code' });

const languageName = (code: string): string => {
  if (code === '') return '';
  return code === 'zxx' ? text.list.instrumental : (languages.of(code) ?? code);
};

const GoalChoice = ({ goal }: { readonly goal: Goal }) => (
  <fieldset class="goals">
    <legend>{text.goal.title}</legend>
    <div class="goal-options">
      {GOALS.map((option) => (
        <label key={option} class="goal">
          <input type="radio" name="goal" checked={goal === option} onChange={() => chooseGoal(option)} />
          <span>{text.goal[option].name}</span>
        </label>
      ))}
    </div>
    <p class="goal-does">{text.goal[goal].does}</p>
  </fieldset>
);

const SongRow = ({ ranked: { song, why } }: { readonly ranked: RankedSong }) => {
  const facts = [song.artist, song.year, languageName(song.language)].filter(Boolean);
  return (
    <li class="song">
      <Wave emotion={song.emotion} width={40} height={16} turns={2} />
      <p class="song-line">
        <a href={youtubeLink(song)} target="_blank" rel="noopener noreferrer">
          <bdi lang={song.language === 'zxx' ? undefined : song.language || undefined}>{song.title}</bdi>
          <span class="unseen">, {text.list.opens}</span>
        </a>
        <span class="song-facts">{facts.join(' · ')}</span>
      </p>
      {why.length > 0 && (
        <p class="song-why">
          <span class="unseen">{text.list.why}: </span>
          {why.slice(0, REASONS).map((tag) => (
            <span key={tag} class="tag">
              {tag.replaceAll('-', ' ')}
            </span>
          ))}
        </p>
      )}
    </li>
  );
};

const save = (songs: readonly RankedSong[], format: PlaylistFormat, name: string): void => {
  const content = formatPlaylist(
    songs.map(({ song }) => song),
    format,
  );
  const url = URL.createObjectURL(new Blob([content], { type: TYPES[format] }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${name}.${format}`;
  link.click();
  // The download has its own hold on the data once it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
};

/** Closes by itself: after a choice, by Escape, and when the focus goes elsewhere. */
const SaveMenu = ({ songs, name }: { readonly songs: readonly RankedSong[]; readonly name: string }) => {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = (): void => {
    if (menu.current) menu.current.open = false;
  };
  return (
    <details
      class="save"
      ref={menu}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        close();
        menu.current?.querySelector('summary')?.focus();
      }}
      onFocusOut={(event) => {
        if (!menu.current?.contains(event.relatedTarget as Node | null)) close();
      }}
    >
      <summary class="button">{text.list.save}</summary>
      <ul>
        {(Object.keys(TYPES) as PlaylistFormat[]).map((format) => (
          <li key={format}>
            <button
              type="button"
              onClick={() => {
                close();
                save(songs, format, name);
              }}
            >
              {text.list.formats[format]}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
};

const FilledList = ({ recommendation, startedOver }: List) => {
  const { mood: from, goal, songs } = recommendation;
  const heading = text.goal[goal].heading(from);
  return (
    <>
      <Wave emotion={from} to={goal === 'match' ? from : LEADS_TO[goal]} width={600} height={40} turns={15} stretch />
      <div class="list-head">
        <h2 id="list-title">{heading}</h2>
        <div class="actions">
          <button type="button" class="button" title={text.list.anotherHint} onClick={anotherList}>
            {text.list.another}
          </button>
          <SaveMenu songs={songs} name={`attune-${from}-${goal}`} />
        </div>
      </div>
      <p class="unseen" role="status">
        {text.list.made(songs.length, heading)}
      </p>
      <GoalChoice goal={goal} />
      {startedOver && <p class="hint">{text.list.startedOver}</p>}
      <ol class="songs">
        {songs.map((ranked) => (
          <SongRow key={ranked.song.id} ranked={ranked} />
        ))}
      </ol>
    </>
  );
};

const EmptyList = () => {
  const songs = catalogue.value;
  const failed = songs && 'code' in songs;
  return (
    <div class="empty-list">
      <h2 id="list-title">{text.list.title}</h2>
      {failed ? (
        <p role="alert">
          {text.list.failed} {songs.message}{' '}
          <button type="button" class="button" onClick={() => void fetchCatalogue()}>
            {text.models.retry}
          </button>
        </p>
      ) : (
        <p>{!songs ? text.list.loading : mood.value ? text.list.emptyUnsure : text.list.empty}</p>
      )}
      <div class="ruled" aria-hidden="true">
        {Array.from({ length: 7 }, (_, row) => (
          <span key={row} />
        ))}
      </div>
    </div>
  );
};

export const PlaylistPanel = () => {
  const panel = useRef<HTMLElement>(null);
  const filled = list.value !== undefined;
  const byHand = mood.value?.kind === 'hand';
  // On a narrow screen the list lies below: who picked a mood asked for songs, and is taken there.
  useEffect(() => {
    const top = panel.current?.getBoundingClientRect().top ?? 0;
    if (filled && byHand && top > window.innerHeight * 0.7) panel.current?.scrollIntoView();
  }, [filled, byHand]);
  return (
    <section id="playlist" class="playlist" aria-labelledby="list-title" tabIndex={-1} ref={panel}>
      {list.value ? <FilledList {...list.value} /> : <EmptyList />}
    </section>
  );
};
