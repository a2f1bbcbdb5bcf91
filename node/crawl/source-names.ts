/** The names of the services that know about songs, apart from their code so that a command can list them at once. */
export const SOURCE_NAMES = ['musicbrainz', 'listenbrainz', 'lastfm', 'deezer', 'lrclib'] as const;
export type SourceName = (typeof SOURCE_NAMES)[number];
