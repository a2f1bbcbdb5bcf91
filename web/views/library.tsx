/** The server's library: seven libraries as counts, what fills them, and every song with what is known of it. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { libraryProblem, libraryTotal, watchLibrary } from '../library.ts';
import { LibraryAdd } from '../parts/library-add.tsx';
import { LibrarySeven } from '../parts/library-seven.tsx';
import { LibrarySong } from '../parts/library-song.tsx';
import { LibrarySongs } from '../parts/library-songs.tsx';
import { sentence } from '../sentence.ts';
import { serverState } from '../server.ts';
import type { StoredSong } from '../server-client.ts';
import { SONGS_FROM, songsFrom } from '../settings.ts';
import { libraryState } from '../songs.ts';
import { text } from '../strings/index.ts';

/** What lists are made of. */
const MakeLists = () => {
  const words = text().library;
  const state = libraryState.value;
  return (
    <section aria-labelledby="make-title">
      <fieldset class="choice">
        <legend id="make-title">{words.makeTitle}</legend>
        <div class="segments">
          {SONGS_FROM.map((option) => (
            <label key={option} class="segment">
              <input
                type="radio"
                name="songs-from"
                checked={songsFrom.value === option}
                onChange={() => {
                  songsFrom.value = option;
                }}
              />
              <span>{words.make[option]}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <p class="hint" role="status">
        {state.kind === 'reading' && words.making(state.share)}
        {state.kind === 'ready' && words.made(state.count)}
        {state.kind === 'failed' && sentence(state.problem)}
      </p>
    </section>
  );
};

const OpenLibrary = () => {
  const words = text().library;
  const shown = useSignal<StoredSong | undefined>(undefined);
  const total = libraryTotal.value;
  const { here } = serverState.value;
  const isFull = total !== undefined && total > 0;
  // An empty library begins with what fills it; a full one with its songs. Nothing moves while somebody looks at it.
  const addsFirst = useRef<boolean | undefined>(undefined);
  if (total !== undefined) addsFirst.current ??= total === 0;
  useEffect(watchLibrary, []);
  return (
    <>
      <p class="lead">{here ? words.lead : words.elsewhere}</p>
      {libraryProblem.value && (
        <p class="strip alert" role="alert">
          {sentence(libraryProblem.value)}
        </p>
      )}
      {total === 0 && <p>{here ? words.empty : words.emptyElsewhere}</p>}
      {isFull && <LibrarySeven />}
      {here && addsFirst.current === true && <LibraryAdd />}
      {isFull && (
        <>
          <LibrarySongs
            onOpen={(song) => {
              shown.value = song;
            }}
          />
          <MakeLists />
        </>
      )}
      {here && addsFirst.current === false && <LibraryAdd />}
      {shown.value && (
        <LibrarySong
          song={shown.value}
          onOpen={(song) => {
            shown.value = song;
          }}
        />
      )}
    </>
  );
};

export const Library = () => {
  const words = text().library;
  const { store } = serverState.value;
  return (
    <main class="page library" id="content">
      <h2 class="display" tabIndex={-1}>
        {words.title}
      </h2>
      {store === 'there' && <OpenLibrary />}
      {store === 'none' && <p class="lead">{words.none}</p>}
    </main>
  );
};
