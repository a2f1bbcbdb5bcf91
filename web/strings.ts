/** Every word the page says, in one place. Another language is another object of this type. */
import type { Emotion } from '../src/base/emotions.ts';
import type { QualityNote } from '../src/face/read.ts';
import type { Goal } from '../src/music/mood-target.ts';

const emotion: Record<Emotion, string> = {
  angry: 'Angry',
  disgust: 'Disgusted',
  fear: 'Afraid',
  happy: 'Happy',
  sad: 'Sad',
  surprise: 'Surprised',
  neutral: 'Neutral',
};

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const quality: Record<QualityNote, string> = {
  'too small': 'The face is small in the picture.',
  'too dark': 'The face lies in the dark.',
  'too bright': 'The face is overexposed.',
  blurred: 'The face is blurred.',
  'turned away': 'The face is turned away.',
  'cut off': 'Part of the face is cut off.',
};

/** The emotion as a noun, inside a sentence. */
const noun: Record<Emotion, string> = {
  angry: 'anger',
  disgust: 'disgust',
  fear: 'fear',
  happy: 'happiness',
  sad: 'sadness',
  surprise: 'surprise',
  neutral: 'a neutral mood',
};

const goal: Record<Goal, { name: string; does: string; heading: (mood: Emotion) => string }> = {
  match: { name: 'Match', does: 'Stay with this mood.', heading: (mood) => `In tune with ${noun[mood]}` },
  lift: { name: 'Lift', does: 'Begin here and brighten.', heading: (mood) => `From ${noun[mood]} to joy` },
  calm: { name: 'Calm', does: 'Begin here and come to rest.', heading: (mood) => `From ${noun[mood]} to rest` },
};

export const en = {
  name: 'Attune',
  skip: 'Skip to the playlist',
  percent,
  emotion,
  quality,

  start: {
    title: 'Your face sets the tone',
    lead: 'Attune reads the mood of a face and answers with twenty songs that meet it, or move it.',
    camera: 'Use the camera',
    photo: 'Choose a photo',
    video: 'Choose a video',
    drop: 'or drop a file here, or paste a picture',
    dropNow: 'Let go to read it',
    byHand: 'Or say it yourself',
    byHandHint: 'No picture needed.',
    another: 'Start over',
    private: 'The picture stays on this device.',
  },

  models: {
    loading: (share: number | undefined) =>
      share === 1 ? 'Nearly ready' : `Getting ready${share === undefined ? '' : ` ${percent(share)}`}`,
    failed: 'Faces cannot be read just now. A mood picked by hand works all the same.',
    retry: 'Try again',
  },

  working: {
    photo: 'Reading the photo',
    video: (done: number, count: number) => `Reading the video, picture ${done} of ${count}`,
    videoOpening: 'Opening the video',
    waitingForModels: 'As soon as the models are here. They load once.',
    cancel: 'Cancel',
  },

  picture: {
    photo: 'The photo, with a frame around each face',
    video: 'A frame of the video, with a frame around the face',
    faces: (count: number) => `${count} faces. The largest decides; choose another to ask about it.`,
    face: (index: number, count: number, mood: string) => `Face ${index} of ${count}: ${mood}`,
    fromVideo: (withFace: number, count: number) =>
      count === 1 ? 'Read from one picture.' : `Averaged over ${withFace} of ${count} pictures with a face.`,
  },

  camera: {
    noticeTitle: 'Before the camera starts',
    notice: [
      'Attune looks for a face in the camera picture and estimates how much it shows each of seven emotions.',
      'Everything is computed in this tab. No picture and no reading leaves this device, and none is kept.',
      'It reads an expression, not what somebody feels. It is not for judging people at work or at school.',
    ],
    agree: 'Start the camera',
    back: 'Not now',
    asking: 'Waiting for the browser to open the camera. It may ask you to allow it.',
    live: 'Camera',
    stop: 'Stop the camera',
    restart: 'Try again',
    failedTitle: 'The camera did not open',
    unpluggedTitle: 'The camera went away',
    pausedTitle: 'The camera is off',
    paused: 'It is turned off when you stop it, and when this page is out of sight.',
    noFace: 'No face in view. Move closer, and let light fall on your face.',
    covered: 'The picture is dark. Is the camera covered, or the light off?',
    settling: 'Hold still for a moment.',
    waiting: 'The camera is on. Readings begin once the models are here.',
    changed: (mood: Emotion) => `The mood has moved to ${noun[mood]}.`,
    follow: 'Make a list for that',
    unplugged:
      'It was unplugged, or another program took it. Plug it in and try again, choose a photo, or pick a mood by hand.',
  },

  reading: {
    title: 'Reading',
    sure: (share: number) => `${percent(share)} likely`,
    unsure: (first: Emotion, second: Emotion) =>
      `Not sure: ${emotion[first].toLowerCase()} or ${emotion[second].toLowerCase()}?`,
    unsureWhy: (first: Emotion, firstShare: number, second: Emotion, secondShare: number) =>
      `${emotion[first]} is ${percent(firstShare)} likely and ${emotion[second].toLowerCase()} ${percent(secondShare)}, which is not enough to decide. Which is it?`,
    byHand: 'Picked by hand',
    correct: 'Not right? Pick the mood',
    bars: 'How likely each emotion is',
    careful: 'Take this reading with care:',
  },

  mood: { pick: 'Pick a mood' },

  goal: { title: 'The music should', ...goal },

  list: {
    title: 'Playlist',
    empty: 'Twenty songs will stand here, each with the reason it was chosen.',
    emptyUnsure: 'The songs follow as soon as the mood is clear.',
    made: (count: number, heading: string) => `Playlist ready: ${count} songs. ${heading}.`,
    another: 'New list',
    anotherHint: 'Other songs for the same mood. Nothing comes twice until all were there.',
    startedOver: 'You have seen every song for this mood; the list starts over.',
    save: 'Save as',
    formats: {
      m3u8: 'M3U8, for players',
      xspf: 'XSPF, for players',
      jspf: 'JSPF, XSPF as JSON',
      csv: 'CSV, for spreadsheets',
    },
    opens: 'opens a YouTube search in a new tab',
    why: 'Chosen for',
    instrumental: 'instrumental',
    loading: 'Fetching the songs',
    failed: 'The songs could not be loaded.',
  },

  problem: {
    noFaceTitle: 'No face found',
    noFace:
      'There is no face in this picture that is large and clear enough: at least 40 pixels wide and turned towards the camera. Choose another picture, or pick a mood by hand.',
    noFaceVideo:
      'No picture of this video shows a face that is large and clear enough. Choose another video or a photo, or pick a mood by hand.',
    title: 'That did not work',
    unknownFile: (name: string) =>
      `"${name}" is neither a photo nor a video. Choose a JPEG, PNG, WebP, GIF or AVIF picture, or an MP4 or WebM video.`,
    unexpected: (message: string) =>
      `Something went wrong (${message}). Reload the page and try again, or pick a mood by hand.`,
  },

  footer: {
    title: 'What Attune reads, and what it does not',
    points: [
      'Pictures are read in this tab and never sent anywhere. The only way out is a song link that you open.',
      'The reading is a likelihood learnt from labelled photographs. A face can smile while its owner does not.',
      'It is not for judging people: not at work, not at school, not without their knowledge.',
      'The model learnt from FER2013, a data set for research; its terms carry over to the model.',
    ],
  },
};

export type Strings = typeof en;

export const text: Strings = en;
