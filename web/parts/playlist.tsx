/** The playlist: goal, the plane, songs with their reasons, other songs, files. */
import { useEffect, useRef } from 'preact/hooks';
import type { Goal } from '../../src/music/mood-target.ts';
import { formatPlaylist, type PlaylistFormat, youtubeLink } from '../../src/music/playlist.ts';
import type { RankedSong } from '../../src/music/recommend.ts';
import { listener } from '../kept.ts';
import {
  anotherList,
  chooseGoal,
  dismiss,
  isComposing,
  type List,
  like,
  list,
  listProblem,
  mood,
  said,
  takeBack,
} from '../list.ts';
import { fileOf, play, playing, stopPlaying } from '../player.ts';
import { pointedSong } from '../pointed.ts';
import { saveFile } from '../save-file.ts';
import { sentence } from '../sentence.ts';
import { languageName, tagName } from '../song-words.ts';
import { catalogue, fetchCatalogue } from '../songs.ts';
import { text } from '../strings/index.ts';
import { Icon } from './icon.tsx';
import { Plane } from './plane.tsx';
import { Wave } from './wave.tsx';

const GOALS: readonly Goal[] = ['match', 'lift', 'calm'];
const TYPES: Readonly<Record<PlaylistFormat, string>> = {
  m3u8: 'application/vnd.apple.mpegurl',
  xspf: 'application/xspf+xml',
  jspf: 'application/json',
  csv: 'text/csv',
};

/** More reasons than this tire the eye; the strongest come first. */
const REASONS = 5;

const GoalChoice = ({ goal }: { readonly goal: Goal }) => (
  <fieldset class="goals">
    <legend>{text().goal.title}</legend>
    <div class="segments">
      {GOALS.map((option) => (
        <label key={option} class="segment">
          <input type="radio" name="goal" checked={goal === option} onChange={() => chooseGoal(option)} />
          <span>{text().goal[option].name}</span>
        </label>
      ))}
    </div>
    <p class="goal-does">{text().goal[goal].does}</p>
  </fieldset>
);

const PlayButton = ({ song }: Pick<RankedSong, 'song'>) => {
  if (!fileOf(song)) return null;
  const isPlaying = playing.value?.song.id === song.id;
  return (
    <button
      type="button"
      class="icon-button play"
      aria-label={isPlaying ? text().list.pause(song.title) : text().list.play(song.title)}
      onClick={() => (isPlaying ? stopPlaying() : play(song))}
    >
      <Icon name={isPlaying ? 'pause' : 'play'} filled={!isPlaying} />
    </button>
  );
};

const SongRow = ({ ranked: { song, why } }: { readonly ranked: RankedSong }) => {
  const words = text().list;
  const facts = [song.artist, song.year, languageName(song.language)].filter(Boolean);
  const liked = listener.value.songs[song.id]?.liked === true;
  const point = (id: string | undefined): void => {
    pointedSong.value = id;
  };
  return (
    <li
      class={`song${pointedSong.value === song.id ? ' pointed' : ''}`}
      onPointerEnter={() => point(song.id)}
      onPointerLeave={() => point(undefined)}
      onFocusIn={() => point(song.id)}
      onFocusOut={() => point(undefined)}
    >
      <Wave emotion={song.emotion} width={40} height={16} turns={2} />
      <p class="song-line">
        <a href={youtubeLink(song)} target="_blank" rel="noopener noreferrer">
          <bdi lang={song.language === 'zxx' ? undefined : song.language || undefined}>{song.title}</bdi>
          <span class="unseen">, {words.opens}</span>
        </a>
        <span class="song-facts">{facts.join(' · ')}</span>
      </p>
      <div class="song-more">
        <p class="song-why">
          {why.length > 0 && <span class="unseen">{words.why}: </span>}
          {why.slice(0, REASONS).map((tag) => (
            <span key={tag} class="tag">
              {tagName(tag)}
            </span>
          ))}
        </p>
        <div class="song-actions">
          <PlayButton song={song} />
          <button
            type="button"
            class="icon-button like"
            aria-pressed={liked}
            aria-label={words.like(song.title)}
            onClick={() => like(song.id)}
          >
            <Icon name="like" filled={liked} />
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label={words.notMyMood(song.title)}
            title={words.notMyMood(song.title)}
            onClick={() => dismiss(song.id, song.title, 'misfit')}
          >
            <Icon name="misfit" />
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label={words.skip(song.title)}
            title={words.skip(song.title)}
            onClick={() => dismiss(song.id, song.title, 'skipped')}
          >
            <Icon name="skip" />
          </button>
        </div>
      </div>
    </li>
  );
};

/** Closes by itself: after a choice, by Escape, and when the focus goes elsewhere. */
const SaveMenu = ({ songs, name }: { readonly songs: readonly RankedSong[]; readonly name: string }) => {
  const menu = useRef<HTMLDetailsElement>(null);
  const close = (): void => {
    if (menu.current) menu.current.open = false;
  };
  const save = (format: PlaylistFormat): void => {
    const content = formatPlaylist(
      songs.map(({ song }) => song),
      format,
    );
    saveFile(content, TYPES[format], `${name}.${format}`);
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
      <summary class="button">{text().list.save}</summary>
      <ul>
        {(Object.keys(TYPES) as PlaylistFormat[]).map((format) => (
          <li key={format}>
            <button
              type="button"
              onClick={() => {
                close();
                save(format);
              }}
            >
              {text().list.formats[format]}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
};

/** What was just said about a song, and the way back. Always there, so that a screen reader hears it change. */
const SaidNote = () => {
  const last = said.value;
  const words = text().list;
  return (
    <p class="said" role="status">
      {last && (
        <>
          {last.what === 'skipped' ? words.skipped(last.title) : words.misfit(last.title)}{' '}
          <button type="button" class="link" onClick={takeBack}>
            {words.undo}
          </button>
        </>
      )}
    </p>
  );
};

const FilledList = ({ recommendation, startedOver }: List) => {
  const { mood: from, goal, songs } = recommendation;
  const heading = text().goal[goal].heading(from);
  return (
    <>
      <div class="list-head">
        <h2 id="list-title">{heading}</h2>
        <div class="actions">
          <button type="button" class="button" title={text().list.anotherHint} onClick={anotherList}>
            {text().list.another}
          </button>
          <SaveMenu songs={songs} name={`attune-${from}-${goal}`} />
        </div>
      </div>
      <p class="unseen" role="status">
        {text().list.made(songs.length, heading)}
      </p>
      <GoalChoice goal={goal} />
      <Plane />
      {startedOver && <p class="hint">{text().list.startedOver}</p>}
      <SaidNote />
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
  const words = text().list;
  const problem = songs && 'code' in songs ? songs : undefined;
  const stopped = listProblem.value;
  return (
    <div class="empty-list">
      <h2 id="list-title">{mood.value ? words.title : text().plane.title}</h2>
      {problem ? (
        <p role="alert">
          {words.failed} {sentence(problem)}{' '}
          <button type="button" class="button" onClick={() => void fetchCatalogue()}>
            {text().models.retry}
          </button>
        </p>
      ) : stopped ? (
        <p role="alert">{sentence(stopped)}</p>
      ) : (
        <p role="status">
          {!songs ? words.loading : isComposing.value ? words.choosing : mood.value ? words.emptyUnsure : words.empty}
        </p>
      )}
      <Plane />
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
    if (filled && byHand && top > window.innerHeight * 0.4) panel.current?.scrollIntoView();
  }, [filled, byHand]);
  return (
    <section id="playlist" class="playlist" aria-labelledby="list-title" tabIndex={-1} ref={panel}>
      {list.value ? <FilledList {...list.value} /> : <EmptyList />}
    </section>
  );
};
