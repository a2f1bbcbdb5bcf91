/** Playlists for a mood. */
import { z } from 'zod';
import { PLAYLIST_FORMATS } from '../../src/music/playlist.ts';
import { route } from './route.ts';
import { emotion, goal, moodPoint, scores, song, songIdText } from './shapes.ts';

export const MUSIC_ROUTES = {
  recommend: route({
    method: 'POST',
    path: '/recommendations',
    group: 'Music',
    summary: 'A playlist for a mood, from the catalogue and the listener’s own songs',
    query: z.object({ format: z.enum(['json', ...PLAYLIST_FORMATS]).default('json') }),
    body: z.strictObject({
      mood: z.union([emotion, scores]),
      goal: goal.optional(),
      method: z.enum(['default', 'paper']).default('default').describe('paper: the published cosine over tag counts.'),
      count: z.int().min(1).max(1000).default(20),
      songs: z.enum(['all', 'own', 'catalogue']).default('all').describe('Which songs to choose from.'),
      heard: z.array(songIdText).max(10_000).default([]).describe('Ids of songs not to play again.'),
    }),
    answer: z.object({
      mood: emotion,
      goal,
      method: z.enum(['default', 'paper']),
      path: z
        .object({
          from: moodPoint,
          to: moodPoint,
          wanted: z.array(moodPoint),
          songs: z.array(moodPoint),
          quality: z.object({ largestStep: z.number(), monotoneShare: z.number(), endError: z.number() }),
        })
        .optional()
        .describe('Of the default method: the way on the plane of pleasure and arousal, wanted and taken.'),
      songs: z.array(z.object({ song, score: z.number(), why: z.array(z.string()), link: z.string() })),
    }),
    problems: ['music/none-left', 'music/no-typical', 'music/profile'],
  }),
} as const;
