/** The songs of the list on the plane; the one pointed at, here or in the list, says its name. */
import type { RankedSong } from '../../src/music/recommend.ts';
import type { Song } from '../../src/music/song.ts';
import type { MoodPoint } from '../../src/music/tag-moods.ts';
import { type Dot, smoothPath, spreadDots } from '../plane.ts';
import { pointedSong } from '../pointed.ts';

export interface PlacedSong extends Dot {
  readonly song: Song;
}

/** Where the songs are drawn, at least `apart` px from one another. */
export const placeDots = (
  songs: readonly RankedSong[],
  places: readonly MoodPoint[],
  at: (place: MoodPoint) => Dot,
  apart: number,
): readonly PlacedSong[] =>
  spreadDots(places.map(at), apart).map((dot, index) => ({ ...dot, song: songs[index]!.song }));

export const SongDots = ({ songs, radius }: { readonly songs: readonly PlacedSong[]; readonly radius: number }) => (
  <g class="song-dots">
    <path class="steps" d={smoothPath(songs)} />
    {songs.map(({ song, x, y }, index) => {
      const isPointed = song.id === pointedSong.value;
      return (
        <circle
          key={song.id}
          class={`tone-${song.emotion}${isPointed ? ' pointed' : ''}`}
          style={{ '--order': String(index) }}
          cx={x.toFixed(1)}
          cy={y.toFixed(1)}
          r={isPointed ? radius + 3 : radius}
          onPointerEnter={() => {
            pointedSong.value = song.id;
          }}
          onPointerLeave={() => {
            pointedSong.value = undefined;
          }}
        />
      );
    })}
  </g>
);

/** Cuts a name that would not fit beside its dot; 8 px is what a letter takes at most on average. */
const shorten = (name: string, width: number): string => {
  const most = Math.max(8, Math.floor((width - 16) / 8));
  return name.length > most ? `${name.slice(0, most - 1).trimEnd()}…` : name;
};

/** Drawn last, above all marks. */
export const SongName = ({ songs, width }: { readonly songs: readonly PlacedSong[]; readonly width: number }) => {
  const index = songs.findIndex(({ song }) => song.id === pointedSong.value);
  const pointed = songs[index];
  if (!pointed) return null;
  const { x, y, song } = pointed;
  const isRight = x > width * 0.55;
  return (
    <text class="song-name" x={x + (isRight ? -13 : 13)} y={y + 5} text-anchor={isRight ? 'end' : 'start'}>
      {shorten(`${index + 1}. ${song.title}`, isRight ? x : width - x)}
    </text>
  );
};
