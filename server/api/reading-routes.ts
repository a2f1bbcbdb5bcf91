/** Readings of photos, videos and recordings that are sent. */
import { route, UPLOAD_PROBLEMS } from './route.ts';
import { reading, voiceReading } from './shapes.ts';

export const READING_ROUTES = {
  readPhoto: route({
    method: 'POST',
    path: '/readings/photo',
    group: 'Readings',
    summary: 'What every face in a photo or animation seems to feel; the upload is not kept',
    body: 'file',
    answer: reading,
    problems: [...UPLOAD_PROBLEMS, 'photo/unreadable', 'photo/too-large', 'photo/heic', 'upload/kind'],
  }),
  readVideo: route({
    method: 'POST',
    path: '/readings/video',
    group: 'Readings',
    summary: 'What every face in a video seems to feel, joined with its voice (needs ffmpeg); the upload is not kept',
    body: 'file',
    answer: reading,
    problems: [
      ...UPLOAD_PROBLEMS,
      'video/unreadable',
      'video/no-picture',
      'video/no-ffmpeg',
      'video/empty',
      'upload/kind',
    ],
  }),
  readVoice: route({
    method: 'POST',
    path: '/readings/voice',
    group: 'Readings',
    summary: 'What the voice in a recording seems to feel, its first two minutes; the upload is not kept',
    body: 'file',
    answer: voiceReading,
    problems: [
      ...UPLOAD_PROBLEMS.filter((code) => code !== 'face/none'),
      'audio/no-voice',
      'audio/unreadable',
      'audio/no-sound',
      'audio/too-short',
      'audio/no-ffmpeg',
      'model/missing',
      'upload/kind',
    ],
  }),
} as const;
