/** Every word the page says, in English. Another language is another object of this type. */
import type { Emotion } from '../../src/base/emotions.ts';
import type { QualityNote } from '../../src/face/read.ts';
import type { Goal } from '../../src/music/mood-target.ts';

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

/** What is said of an error; some need its own English words, for a row or a name. */
export type ErrorSentence = string | ((message: string) => string);

const songs = (count: number): string => (count === 1 ? '1 song' : `${count.toLocaleString('en')} songs`);

export const en = {
  name: 'Attune',
  skip: 'Skip to the playlist',
  skipContent: 'Skip to the content',
  /** BCP 47, for dates and the names of languages. */
  locale: 'en',
  percent,
  emotion,
  quality,
  songs,

  nav: {
    label: 'Parts of the page',
    home: 'Listen',
    songs: 'Your songs',
    library: 'Library',
    history: 'History',
    settings: 'Settings',
  },

  start: {
    title: 'Your face sets the tone',
    lead: 'Attune reads the mood of a face and answers with twenty songs that meet it, or move it.',
    camera: 'Use the camera',
    photo: 'Choose a photo',
    video: 'Choose a video',
    microphone: 'Use your voice',
    voice: 'Choose a recording',
    drop: 'Or drop a file here, or paste a picture.',
    dropNow: 'Let go to read it',
    byHand: 'Or say it yourself',
    byHandHint: 'No picture needed.',
    another: 'Start over',
    private: 'The picture stays on this device.',
  },

  models: {
    loading: (share: number | undefined) =>
      share !== undefined && share >= 1
        ? 'Nearly ready'
        : `Getting ready${share === undefined ? '' : ` ${percent(share)}`}`,
    failed: 'Faces cannot be read just now. A mood picked by hand works all the same.',
    retry: 'Try again',
  },

  working: {
    photo: 'Reading the photo',
    voice: 'Listening to the recording',
    video: (done: number, count: number) => `Reading the video, picture ${done} of ${count}`,
    videoOpening: 'Opening the video',
    waitingForModels: 'As soon as the models are here. They load once.',
    cancel: 'Cancel',
  },

  picture: {
    photo: 'The photo, with a frame around each face',
    video: 'A frame of the video, with a frame around the face',
    faces: (count: number) =>
      count === 1 ? 'One face.' : `${count} faces. The largest decides; choose another to ask about it.`,
    face: (index: number, count: number, mood: string) => `Face ${index} of ${count}: ${mood}`,
    fromVideo: (withFace: number, count: number) =>
      count === 1 ? 'Read from one picture.' : `Averaged over ${withFace} of ${count} pictures with a face.`,
    withVoice: (seconds: number) => `${Math.round(seconds)} s of voice count as well.`,
  },

  timeline: {
    title: 'The mood over time',
    span: (mood: Emotion, from: string, to: string) => `${emotion[mood]} from ${from} to ${to}`,
  },

  camera: {
    noticeTitle: 'Before the camera starts',
    notice: [
      'Attune looks for a face in the camera picture and estimates how much it shows each of seven emotions.',
      'Everything is computed in this tab. No picture and no reading leaves this device, and none is kept unless you turn on the history.',
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
    silent:
      'The camera sends no picture. Another program may have it, or a key or cover switched it off; readings go on when it does.',
    settling: 'Hold still for a moment.',
    waiting: 'The camera is on. Readings begin once the models are here.',
    changed: (mood: Emotion) => `The mood has moved to ${noun[mood]}.`,
    follow: 'Make a list for that',
    unplugged:
      'It was unplugged, or another program took it. Plug it in and try again, choose a photo, or pick a mood by hand.',
  },

  microphone: {
    noticeTitle: 'Before the microphone starts',
    notice: [
      'Attune listens to how you speak, not to what you say, and estimates how much it sounds like each of seven emotions.',
      'Everything is computed in this tab. The recording never leaves this device and is forgotten once it is read.',
      'It learnt from actors. It is not for judging people at work or at school.',
    ],
    agree: 'Start the microphone',
    asking: 'Waiting for the browser to open the microphone. It may ask you to allow it.',
    recording: 'Listening',
    speak: 'Say a few sentences as you feel, in any language. Five seconds are enough.',
    done: 'Done',
    failedTitle: 'The microphone did not open',
    heard: (seconds: number) => `Read from ${Math.round(seconds)} s of voice.`,
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

  plane: {
    title: 'Where the music goes',
    hint: 'Left is unpleasant, right is pleasant; above is wide awake, below is at rest.',
    unpleasant: 'unpleasant',
    pleasant: 'pleasant',
    awake: 'awake',
    rest: 'at rest',
    you: 'you',
    goal: 'goal',
    empty: 'The seven moods on a plane: pleasant to the right, awake above.',
    described: (from: Emotion, to: string, count: number) =>
      `The seven moods on a plane, pleasant to the right and awake above: your reading near ${noun[from]}, ${songs(count)} on the way, the goal at ${to}.`,
    goalAt: { happy: 'joy', neutral: 'rest' } as Record<string, string>,
    noun,
  },

  list: {
    title: 'Playlist',
    empty: 'Twenty songs will stand here, each with the reason it was chosen.',
    emptyUnsure: 'The songs follow as soon as the mood is clear.',
    made: (count: number, heading: string) => `Playlist ready: ${songs(count)}. ${heading}.`,
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
    choosing: 'Choosing out of very many songs',
    failed: 'The songs could not be loaded.',
    like: (title: string) => `Like ${title}`,
    skip: (title: string) => `Do not play ${title} again`,
    notMyMood: (title: string) => `${title} does not fit this mood`,
    play: (title: string) => `Play ${title} from your files`,
    pause: (title: string) => `Pause ${title}`,
    skipped: (title: string) => `${title} will not come again.`,
    misfit: (title: string) => `${title} will not come for this mood again.`,
    undo: 'Undo',
    /** The tags of the songs, in the words of this language; the catalogue's own word where none stands here. */
    tags: {} as Readonly<Record<string, string>>,
  },

  player: {
    label: 'Player',
    next: 'Next song',
    close: 'Close the player',
    broken: (name: string) => `This browser cannot play "${name}". Convert it to MP3, or choose another file.`,
    curve: 'How pleasant the song sounds over its time, and its moods',
    hearing: 'Hearing the song',
    stopHearing: 'Stop',
    stopped: 'The song was not heard to its end.',
    hearAgain: 'Hear it again',
    findAlike: 'Which of my files sound like this?',
    comparing: (done: number, count: number) => `Hearing your files: ${done} of ${count}`,
    alike: 'Of your files, these sound most like it:',
    noneAlike: 'None of your other files could be heard.',
  },

  own: {
    title: 'Your songs',
    lead: 'Lists grow out of three songs for each mood. Make them yours, add songs of your own, and play files from this device.',
    typicalTitle: 'Songs that stand for a mood',
    typicalLead:
      'Three songs for each mood. Their tags decide which other songs come; they themselves are never played.',
    chosen: 'Yours',
    fromCatalogue: 'From the catalogue',
    reset: 'Back to the catalogue’s songs',
    replace: (title: string) => `Replace ${title}`,
    search: (mood: Emotion) => `Search a song for ${noun[mood]}`,
    searchHint: 'Title or artist',
    results: (count: number) => (count === 0 ? 'No song is called that.' : `${songs(count)} found.`),
    searching: 'Searching',
    catalogueTitle: 'A catalogue of your own',
    catalogueLead:
      'A CSV file with the columns title, artist, emotion and tags, and year, language and typical where known. It stays on this device.',
    addCatalogue: 'Choose a CSV file',
    removeCatalogue: 'Remove it',
    ownOnly: 'Play my songs only',
    loaded: (name: string, count: number) => `${name}: ${songs(count)}.`,
    reading: (name: string, share: number) => `Reading ${name}, ${percent(share)}`,
    failedTitle: 'This catalogue cannot be used',
    example: 'Save an example',
    filesTitle: 'Music files on this device',
    filesLead:
      'Choose files named “Artist - Title”: songs of a list that you own can then be played here. The files are not copied; choose them again on the next visit.',
    addFiles: 'Choose music files',
    addFolder: 'Choose a folder',
    files: (count: number, known: number) =>
      `${count === 1 ? '1 file' : `${count.toLocaleString('en')} files`}, of which ${known.toLocaleString('en')} in the catalogue.`,
    likedTitle: 'What you said about songs',
    likedNone: 'Nothing yet. Each song of a list can be liked, skipped, or told not to fit its mood.',
    liked: 'Liked',
    skippedList: 'Not again',
    misfitList: (mood: Emotion) => `Not for ${noun[mood]}`,
    forget: (title: string) => `Forget what you said about ${title}`,
  },

  history: {
    title: 'History',
    off: 'No history is kept. Turned on, each reading that leads to a list is written down with its time, on this device only; never a picture.',
    on: 'Each reading that leads to a list is written down on this device. Pictures are never kept.',
    turnOn: 'Keep a history',
    none: 'Nothing yet. The next list will be the first entry.',
    over: 'Your moods, newest first',
    source: {
      camera: 'camera',
      photo: 'photo',
      video: 'video',
      hand: 'picked by hand',
      voice: 'voice',
      text: 'words',
    },
    remove: (what: string) => `Remove ${what}`,
    removeAll: 'Remove all',
    count: (count: number) => (count === 1 ? '1 entry' : `${count.toLocaleString('en')} entries`),
    chart: 'How often each mood came',
  },

  settings: {
    title: 'Settings',
    language: 'Language',
    languages: { en: 'English', zh: '中文' },
    theme: 'Look',
    themes: { auto: 'As the system', light: 'Light', dark: 'Dark' },
    history: 'History',
    keepHistory: 'Keep my readings on this device',
    data: 'Your data',
    dataLead: 'Everything Attune knows about you lies in this browser. Nothing of it was ever sent anywhere.',
    dataServer:
      'What you choose and say, your history and your library lie in the store of the server on this machine, where the command line finds them too. Nothing of it was ever sent anywhere.',
    dataElsewhere:
      'The library lies on the machine that serves this page. What you choose and say lies in this browser; nothing of it was sent there.',
    dataHolds: (count: number, readings: number, feedback: number, size: string) =>
      `It holds ${songs(count)}, ${readings.toLocaleString('en')} ${readings === 1 ? 'reading' : 'readings'} and ${feedback.toLocaleString('en')} ${feedback === 1 ? 'thing' : 'things'} you said about songs, in ${size}.`,
    dataEmpty: 'Nothing is kept there yet.',
    dataWhere: 'Where',
    exporting: 'Gathering everything',
    eraseSureServer:
      'Erase your library with all its songs, the history, your typical songs, what you said about songs, and these settings? Music files are not touched.',
    notErased: 'Nothing was erased.',
    restore: 'Restore from an export',
    restoring: 'Taking the export back',
    restored: 'The export is back.',
    notKept: (why: string) => `The newest changes hold until the tab is closed: ${why}`,
    export: 'Export everything',
    erase: 'Erase everything',
    eraseSure: 'Erase the history, your typical songs, your catalogue, what you said about songs, and these settings?',
    eraseYes: 'Yes, erase everything',
    eraseNo: 'Keep it',
    erased: 'Everything is erased.',
    app: 'Without a network',
    offlineReady: 'The page, its models and the songs lie on this device: it opens without a network.',
    offlineGetting: 'The page is being put on this device for use without a network.',
    offlineNot:
      'The page could not be kept for use without a network: this browser or this address does not allow it, there is no room for it, or not all of it arrived. It is tried again on the next visit.',
    install: 'Install Attune',
    installHint: 'Use “Install” or “Add to home screen” in the menu of the browser.',
    memory:
      'This browser keeps nothing for this page (a private window, or storage is forbidden): what you choose holds until the tab is closed.',
    full: 'The browser has no room left for this page: the newest changes hold until the tab is closed. Free some space, or erase data here.',
    newer: 'Your data was written by a newer Attune. It is left alone; reload the page to get the newer version.',
  },

  notice: {
    offline: 'No network. Everything works but the song links.',
    update: 'A newer Attune is here.',
    reload: 'Reload',
  },

  problem: {
    noFaceTitle: 'No face found',
    noFace:
      'There is no face in this picture that is large and clear enough: at least 40 pixels wide and turned towards the camera. Choose another picture, or pick a mood by hand.',
    noFaceVideo:
      'No picture of this video shows a face that is large and clear enough. Choose another video or a photo, or pick a mood by hand.',
    title: 'That did not work',
    unknownFile: (name: string) =>
      `"${name}" is no photo, video or recording. Choose a JPEG, PNG, WebP, GIF or AVIF picture, an MP4 or WebM video, or a WAV, MP3 or M4A recording.`,
    unexpected: (message: string) =>
      `Something went wrong (${message}). Reload the page and try again, or pick a mood by hand.`,
  },

  library: {
    title: 'Library',
    lead: 'The songs that Attune keeps on this machine, sorted into seven libraries by what is known of them.',
    elsewhere: 'The library of the machine that serves this page.',
    none: 'There is no library here: it lies with Attune’s own server, and this page came without one. Start it with “attune serve”. Songs of a CSV file can be added under “Your songs”.',
    empty: 'No songs yet. Add a folder of music, a table, a playlist or a web address.',
    emptyElsewhere: 'No songs yet. They are added on the machine that serves this page.',
    sevenTitle: 'Seven libraries',
    sevenHint: 'Choose one to see its songs.',
    all: 'All songs',
    addTitle: 'Add songs',
    addLead:
      'The path of a folder of music, a CSV, Excel or playlist file on this machine, or a web address. Files are read where they lie and never changed.',
    path: 'Path or address',
    pathExample: '/home/me/Music',
    add: 'Add',
    send: 'Choose a table or playlist',
    analyse: 'Find emotions',
    analyseHint: 'Reads words, tags and sound of songs that were not read yet.',
    jobs: 'What is being done',
    job: { add: 'Adding songs', complete: 'Asking services', analyse: 'Finding emotions' },
    state: { waiting: 'waiting', running: 'under way', done: 'done', failed: 'failed', cancelled: 'cancelled' },
    progress: (done: number, total: number | undefined) =>
      total === undefined
        ? `${done.toLocaleString('en')} so far`
        : `${done.toLocaleString('en')} of ${total.toLocaleString('en')}`,
    added: (added: number, updated: number, unchanged: number) =>
      `${added.toLocaleString('en')} new, ${updated.toLocaleString('en')} known before, ${unchanged.toLocaleString('en')} files unchanged.`,
    problems: (count: number) =>
      count === 1 ? '1 thing could not be read' : `${count.toLocaleString('en')} things could not be read`,
    cancel: 'Cancel',
    retry: 'Go on',
    hide: 'Hide',
    makeTitle: 'Lists are made of',
    make: { shipped: 'the songs that ship', both: 'both', library: 'my library alone' },
    making: (share: number) => `Fetching the library, ${percent(share)}`,
    made: (count: number) => `Lists can choose among ${songs(count)} of the library.`,
    songsTitle: 'Songs',
    search: 'Search',
    searchHint: 'Title, artist or album',
    tag: 'Tag',
    anyTag: 'Any tag',
    language: 'Language',
    anyLanguage: 'Any language',
    order: 'Sort by',
    orders: {
      title: 'Title',
      artist: 'Artist',
      added: 'Added, newest first',
      year: 'Year, newest first',
      confidence: 'Least sure first',
    },
    found: (count: number) => (count === 0 ? 'No song fits.' : `${songs(count)}.`),
    showAll: 'Show all songs',
    sure: (share: number) => `${percent(share)} sure`,
    unknown: 'not known yet',
    byYou: 'by you',
    waiting: 'Fetching',
    close: 'Close',
    album: 'Album',
    year: 'Year',
    tags: 'Tags',
    file: 'File',
    onYoutube: 'Search on YouTube',
    whyTitle: 'Why it stands here',
    whyHand: (mood: Emotion) => `You said ${noun[mood]}. That wins, whatever is found later.`,
    whyNothing:
      'Nothing is known of it yet: it stands with the neutral songs until its words, tags or sound were read.',
    whyLabel: (mood: Emotion) => `The list it came from said ${noun[mood]}; nothing else is known.`,
    whyJoined: (mood: Emotion, share: number, sources: number) =>
      `${sources === 1 ? 'One source' : `${sources} sources`} together: ${noun[mood]}, ${percent(share)} sure.`,
    source: {
      hand: 'You',
      annotation: 'Where it came from',
      lyrics: 'Its words',
      tags: 'Its tags',
      sound: 'Its sound',
    },
    says: (first: Emotion, firstShare: number, second: Emotion, secondShare: number) =>
      `${emotion[first]} ${percent(firstShare)}, ${emotion[second].toLowerCase()} ${percent(secondShare)}`,
    saysOne: (first: Emotion) => emotion[first],
    saysNothing: 'nothing to read',
    trusted: (share: number) =>
      `${share < 0.25 ? 'barely trusted' : share < 0.5 ? 'trusted a little' : share < 0.75 ? 'fairly trusted' : 'trusted'} (${percent(share)})`,
    correctTitle: 'Where it belongs',
    takeBack: 'Take my correction back',
    corrected: (mood: Emotion) => `It stands with ${noun[mood]} now.`,
    similar: 'Songs that sound like this',
    similarTitle: 'Sounds like this',
    alike: (share: number) => `${percent(share)} alike`,
    noneAlike: 'No other song’s sound is known yet.',
    failed: 'The library did not answer.',
  },

  /** Sentences for errors by their code, where their own English one does not serve. */
  errors: {} as Readonly<Record<string, ErrorSentence>>,

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
