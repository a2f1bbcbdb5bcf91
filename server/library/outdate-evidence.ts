/** Evidence that was read out of something that has changed since: it counts until it is read again, and is known to be old. */
import { createHash } from 'node:crypto';
import { connectionOf } from '../store/open-store.ts';
import { cleanText } from '../store/rows.ts';
import type { NewSong, Store } from '../store/store.ts';

/** Put after the version of such evidence, so that an analysis of that version finds the song undone. */
export const OUTDATED = ' (before a change)';

/**
 * Marks what the songs that are about to be written make old: what was read in lyrics or tags that become others, or in a file that
 * is not what it was. Called before they are written: cut off in between, some songs are read once more than they need.
 */
export const outdateEvidence = async (store: Store, songs: readonly NewSong[]): Promise<void> => {
  const changes = songs.map(({ id, tags, lyrics, path, file }) => ({
    id: cleanText(id),
    tags: tags.map(cleanText),
    // The sum does, and is shorter.
    lyrics: lyrics ? createHash('md5').update(cleanText(lyrics)).digest('hex') : null,
    path: path === undefined ? null : cleanText(path),
    size: file?.size ?? null,
    modified: file?.modified ?? null,
  }));
  await connectionOf(store)?.execute(
    `update song_evidence as evidence set version = evidence.version || $2
     from songs, jsonb_to_recordset($1::jsonb) as change (id text, tags text[], lyrics text, path text, size bigint,
       modified double precision)
     where songs.id = change.id and evidence.song_id = songs.id and right(evidence.version, length($2)) <> $2
       and case evidence.source
         when 'lyrics' then md5(songs.lyrics) is distinct from coalesce(change.lyrics, md5(songs.lyrics))
         when 'tags' then cardinality(change.tags) > 0 and change.tags <> songs.tags
         when 'sound' then exists (select from song_files file where file.path = change.path and file.song_id = songs.id
           and (file.size <> change.size or file.modified <> change.modified))
         else false end`,
    [JSON.stringify(changes), OUTDATED],
  );
};
