/** Which song a music file holds, by its name. */
import { slug, songId } from '../src/music/song.ts';

const namesOfPlain = (name: string): string[] => {
  const parts = name
    .split(/\s+[-–—]\s+/)
    .map((part) => part.trim())
    .filter(Boolean);
  const [first] = parts;
  if (!first) return [];
  if (parts.length === 1) return [slug(first)];
  // "Artist - Album - Title" and "Artist - Title - Remastered" are both about.
  return [songId(first, parts[1]!), songId(first, parts.at(-1)!)];
};

/**
 * Under which names a file can be found: "01 - Queen - Bohemian Rhapsody.mp3" is `queen/bohemian-rhapsody`, a name without
 * an artist the slug of its title. A number in front may be the track's or belong to the title ("99 Luftballons"): both.
 */
export const namesOf = (fileName: string): string[] => {
  const name = fileName.replace(/\.[^.]+$/, '').replaceAll('_', ' ');
  const withoutNumber = name.replace(/^\d{1,3}[\s.)-]+/, '');
  return [...new Set([...namesOfPlain(withoutNumber), ...namesOfPlain(name)])];
};
