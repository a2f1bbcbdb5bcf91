/** What a listener liked, skipped, heard and found wrong for a mood: a small value that stays on the listener's own machine. */
import { type Emotion, isEmotion } from '../base/emotions.ts';
import { InvalidInputError } from '../base/errors.ts';

export const REACTIONS = ['heard', 'like', 'unlike', 'skip', 'not-my-mood'] as const;

/** `unlike` takes a like back. */
export type Reaction = (typeof REACTIONS)[number];

/** What is remembered of one song. */
export interface SongMemory {
  readonly liked?: true;
  /** How often it was skipped since it was last liked. */
  readonly skips?: number;
  /** When it was last played, in milliseconds since 1970. */
  readonly heardAt?: number;
  /** Moods it was found wrong for. */
  readonly wrongFor?: readonly Emotion[];
  /** When any of this was last written. */
  readonly at: number;
}

/** Everything learnt about a listener. `JSON.stringify` writes it; `parseListener` reads it back; forgetting is dropping it. */
export interface Listener {
  readonly version: 1;
  /** Song id -> memory. */
  readonly songs: Readonly<Record<string, SongMemory>>;
}

export const NEW_LISTENER: Listener = { version: 1, songs: {} };

/** More are not kept: the memories longest untouched go first, likes last. About 2 MB as JSON. */
export const MOST_MEMORIES = 20_000;

export interface ReactionEvent {
  readonly songId: string;
  readonly reaction: Reaction;
  /** The mood the song was played for; needed for `not-my-mood`. */
  readonly mood?: Emotion;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * The listener after one more reaction; the one before is left as it was.
 *
 * @throws {InvalidInputError} `music/reaction`: no such reaction, no song, or `not-my-mood` without a mood.
 */
export const react = (listener: Listener, { songId, reaction, mood, at }: ReactionEvent): Listener => {
  if (!REACTIONS.includes(reaction) || songId === '' || !Number.isFinite(at)) {
    throw new InvalidInputError(
      'music/reaction',
      `"${reaction}" to "${songId}" at ${at} is no reaction: give a song's id, one of ${REACTIONS.join(', ')}, and a time.`,
    );
  }
  const { liked, skips = 0, heardAt, wrongFor = [] } = memoryOf(listener, songId) ?? {};
  const memory = {
    ...(liked ? { liked } : {}),
    ...(skips > 0 ? { skips } : {}),
    ...(heardAt ? { heardAt } : {}),
    ...(wrongFor.length > 0 ? { wrongFor } : {}),
    at,
  };
  switch (reaction) {
    case 'heard':
      return remember(listener, songId, { ...memory, heardAt: at });
    case 'like': {
      const { skips: _forgiven, ...rest } = memory;
      return remember(listener, songId, { ...rest, liked: true });
    }
    case 'unlike': {
      const { liked: _taken, ...rest } = memory;
      return remember(listener, songId, rest);
    }
    case 'skip':
      return remember(listener, songId, { ...memory, skips: Math.min(99, skips + 1), heardAt: at });
    case 'not-my-mood':
      if (mood === undefined || !isEmotion(mood)) {
        throw new InvalidInputError('music/reaction', 'To say that a song is wrong for a mood, name the mood.');
      }
      return remember(listener, songId, { ...memory, wrongFor: [...new Set([...wrongFor, mood])] });
  }
};

/** What is remembered of a song; `undefined` if nothing. */
export const memoryOf = ({ songs }: Listener, songId: string): SongMemory | undefined =>
  Object.hasOwn(songs, songId) ? songs[songId] : undefined;

/** The listener without anything about one song. */
export const forgetSong = (listener: Listener, songId: string): Listener => {
  const { [songId]: _gone, ...songs } = listener.songs;
  return { version: 1, songs };
};

const remember = (listener: Listener, songId: string, memory: SongMemory): Listener => {
  const songs = { ...listener.songs, [songId]: memory };
  const ids = Object.keys(songs);
  if (ids.length > MOST_MEMORIES) {
    const weight = (id: string): number => (songs[id]!.liked ? Number.MAX_SAFE_INTEGER : songs[id]!.at);
    const oldest = ids.reduce((least, id) => (id !== songId && weight(id) < weight(least) ? id : least));
    delete songs[oldest];
  }
  return { version: 1, songs };
};

/**
 * Reads what `JSON.stringify` of a listener wrote. Fields that make no sense are dropped rather than believed.
 *
 * @throws {InvalidInputError} `music/listener`: no JSON, or not of a listener.
 */
export const parseListener = (text: string): Listener => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new InvalidInputError(
      'music/listener',
      'What was kept of the listener is no JSON: forget it and start anew.',
      {
        cause,
      },
    );
  }
  if (!isRecord(value) || value.version !== 1 || !isRecord(value.songs)) {
    throw new InvalidInputError(
      'music/listener',
      'What was kept of the listener has another form than {"version":1,"songs":{...}}: forget it and start anew.',
    );
  }
  const songs: Record<string, SongMemory> = {};
  for (const [id, memory] of Object.entries(value.songs).slice(0, MOST_MEMORIES)) {
    if (!isRecord(memory) || !isTime(memory.at)) continue;
    const { liked, skips, heardAt, wrongFor, at } = memory;
    const moods = Array.isArray(wrongFor) ? wrongFor.filter((mood) => typeof mood === 'string' && isEmotion(mood)) : [];
    Object.defineProperty(songs, id, {
      value: {
        ...(liked === true ? { liked } : {}),
        ...(Number.isInteger(skips) && (skips as number) > 0 ? { skips } : {}),
        ...(isTime(heardAt) ? { heardAt } : {}),
        ...(moods.length > 0 ? { wrongFor: moods } : {}),
        at,
      },
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return { version: 1, songs };
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;
