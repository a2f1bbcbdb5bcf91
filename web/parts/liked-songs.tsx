/** What the listener said about songs, to look at and to take back. */
import { forgetSong, type SongMemory } from '../../src/music/listener.ts';
import { listener, setListener } from '../kept.ts';
import { catalogue, isCatalogue } from '../songs.ts';
import { text } from '../strings/index.ts';
import { Icon } from './icon.tsx';

const describe = ({ liked, skips = 0, wrongFor = [] }: SongMemory): string => {
  const words = text().own;
  return [liked && words.liked, skips > 0 && words.skippedList, ...wrongFor.map((mood) => words.misfitList(mood))]
    .filter(Boolean)
    .join(' · ');
};

export const LikedSongs = () => {
  const words = text().own;
  const songs = catalogue.value;
  // A heart taken back leaves a memory that says nothing.
  const entries = Object.entries(listener.value.songs).filter(([, memory]) => describe(memory) !== '');
  return (
    <section aria-labelledby="liked-title">
      <h3 id="liked-title">{words.likedTitle}</h3>
      {entries.length === 0 ? (
        <p>{words.likedNone}</p>
      ) : (
        <ul class="opinions">
          {entries.map(([id, memory]) => {
            const song = isCatalogue(songs) ? songs.find(id) : undefined;
            const title = song?.title ?? id;
            return (
              <li key={id} class="entry">
                <b>{title}</b>
                <span class="song-facts">{[song?.artist, describe(memory)].filter(Boolean).join(' · ')}</span>
                <button
                  type="button"
                  class="icon-button"
                  aria-label={words.forget(title)}
                  onClick={() => void setListener(forgetSong(listener.value, id), id)}
                >
                  <Icon name="close" />
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
};
