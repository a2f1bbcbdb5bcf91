/** What the listener said about songs, to look at and to take back. */
import { type Opinion, opinions, setOpinion } from '../kept.ts';
import { catalogue, isCatalogue } from '../songs.ts';
import { text } from '../strings/index.ts';
import { Icon } from './icon.tsx';

const describe = ({ liked, skipped, misfits = [] }: Opinion): string => {
  const words = text().own;
  return [liked && words.liked, skipped && words.skippedList, ...misfits.map((mood) => words.misfitList(mood))]
    .filter(Boolean)
    .join(' · ');
};

export const LikedSongs = () => {
  const words = text().own;
  const songs = catalogue.value;
  const entries = [...opinions.value];
  return (
    <section aria-labelledby="liked-title">
      <h3 id="liked-title">{words.likedTitle}</h3>
      {entries.length === 0 ? (
        <p>{words.likedNone}</p>
      ) : (
        <ul class="opinions">
          {entries.map(([id, opinion]) => {
            const song = isCatalogue(songs) ? songs.find(id) : undefined;
            const title = song?.title ?? id;
            return (
              <li key={id} class="entry">
                <b>{title}</b>
                <span class="song-facts">{[song?.artist, describe(opinion)].filter(Boolean).join(' · ')}</span>
                <button
                  type="button"
                  class="icon-button"
                  aria-label={words.forget(title)}
                  onClick={() => void setOpinion(id, {})}
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
