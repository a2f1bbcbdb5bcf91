/** What lists grow out of: typical songs, the listener's own catalogue and files, and what they said about songs. */

import { KeepNotice } from '../parts/keep-notice.tsx';
import { LikedSongs } from '../parts/liked-songs.tsx';
import { OwnCatalogue } from '../parts/own-catalogue.tsx';
import { TypicalSongs } from '../parts/typical-songs.tsx';
import { addFiles, localFiles } from '../player.ts';
import { catalogue, isCatalogue } from '../songs.ts';
import { text } from '../strings/index.ts';

const FilesButton = ({ label, folder = false }: { readonly label: string; readonly folder?: boolean }) => (
  <label class="button">
    <input
      class="unseen"
      type="file"
      multiple
      accept={folder ? undefined : 'audio/*,.flac,.opus,.ogg,.m4a'}
      {...(folder && { webkitdirectory: true })}
      onChange={(event) => {
        const input = event.currentTarget;
        addFiles([...(input.files ?? [])]);
        input.value = '';
      }}
    />
    {label}
  </label>
);

const LocalFiles = () => {
  const words = text().own;
  const { count, byName } = localFiles.value;
  const songs = catalogue.value;
  const known = isCatalogue(songs)
    ? new Set([...byName].flatMap(([name, file]) => (songs.position(name) >= 0 ? [file] : []))).size
    : 0;
  return (
    <section aria-labelledby="files-title">
      <h3 id="files-title">{words.filesTitle}</h3>
      <p>{words.filesLead}</p>
      <div class="actions">
        <FilesButton label={words.addFiles} />
        <FilesButton label={words.addFolder} folder />
      </div>
      <p role="status">{count > 0 && words.files(count, known)}</p>
    </section>
  );
};

export const YourSongs = () => {
  const words = text().own;
  return (
    <main class="page" id="content">
      <h2 class="display" tabIndex={-1}>
        {words.title}
      </h2>
      <KeepNotice />
      <p class="lead">{words.lead}</p>
      <TypicalSongs />
      <OwnCatalogue />
      <LocalFiles />
      <LikedSongs />
    </main>
  );
};
