-- The first schema. Runs alike on PostgreSQL 15 and newer and on PGlite. Text that is sorted or compared is of collation "C",
-- so that both give the same order on every machine.
create extension if not exists vector;

create table songs (
  id text collate "C" primary key,
  title text not null,
  artist text not null,
  album text,
  year smallint,
  language text collate "C" not null,
  tags text[] not null,
  typical boolean not null,
  -- What its evidence says when joined; scores are null while nothing is known, and the emotion is then what the importer said.
  emotion text collate "C" not null,
  scores double precision[],
  confidence double precision not null,
  duration_seconds double precision,
  lyrics text,
  url text,
  popularity double precision,
  -- Keys to sort and search by: lower case, width and compatibility forms folded.
  title_key text collate "C" not null,
  artist_key text collate "C" not null,
  search_key text collate "C" not null,
  added_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index songs_by_title on songs (title_key, id);
create index songs_by_artist on songs (artist_key, id);
create index songs_by_added on songs (added_at, id);
create index songs_by_emotion on songs (emotion, id);

create table song_evidence (
  song_id text collate "C" not null references songs (id) on delete cascade,
  source text collate "C" not null,
  scores double precision[] not null,
  confidence double precision not null,
  version text not null,
  updated_at timestamptz not null default now(),
  primary key (song_id, source)
);

create table song_files (
  path text collate "C" primary key,
  song_id text collate "C" not null references songs (id) on delete cascade,
  size bigint not null,
  modified double precision not null,
  analysis_version text not null
);
create index song_files_by_song on song_files (song_id);

create table typical_songs (
  emotion text collate "C" not null,
  place smallint not null,
  song_id text collate "C" not null,
  primary key (emotion, place),
  unique (emotion, song_id)
);

create table readings (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  source text not null,
  emotion text not null,
  scores double precision[] not null,
  certain boolean not null,
  goal text
);

create table feedback (
  id bigint generated always as identity primary key,
  at timestamptz not null default now(),
  song_id text collate "C" not null,
  kind text collate "C" not null,
  mood text,
  goal text
);
create index feedback_by_song on feedback (song_id);

create table settings (
  key text collate "C" primary key,
  value jsonb not null
);

-- A vector of any length: the model that made it says how long, and models change. The `model` keeps unlike ones apart.
create table sound_vectors (
  song_id text collate "C" not null references songs (id) on delete cascade,
  model text collate "C" not null,
  embedding vector not null,
  primary key (song_id, model)
);
