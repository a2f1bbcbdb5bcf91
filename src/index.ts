/** The library's public entry: everything a program outside may use, listed by name. */
export {
  logMelSpectrogram,
  type MelSpectrogramOptions,
  melSpectrogram,
  powerToDb,
} from './audio/log-mel.ts';
export { createMelFilterbank, type MelOptions } from './audio/mel.ts';
export { delta, type MfccOptions, mfcc } from './audio/mfcc.ts';
export { mixToMono, resample } from './audio/resample.ts';
export { logMelSlices, type Slice, type SliceOptions } from './audio/slices.ts';
export {
  analyseSong,
  type MoodMoment,
  openSongModel,
  type SongAnalysis,
  type SongModel,
  soundSimilarity,
  soundsLike,
} from './audio/song-sound.ts';
export { hannWindow, powerSpectrogram, type StftOptions, stft } from './audio/stft.ts';
export { findVoice, requireVoice, type VoiceActivity, type VoiceOptions } from './audio/voice-activity.ts';
export { openVoiceModel, readVoice, type VoiceModel, type VoiceReading } from './audio/voice-mood.ts';
export { EMOTIONS, type Emotion, type EmotionScores, isEmotion, rankEmotions } from './base/emotions.ts';
export { AttuneError, InvalidInputError, NoAnswerError, UnavailableError } from './base/errors.ts';
export { type EmotionSource, type FusedReading, fuseReadings } from './base/fuse.ts';
export { combineFrames, type FollowedFace } from './face/across-frames.ts';
export { alignFace } from './face/align.ts';
export {
  type DetectEffort,
  type DetectOptions,
  detectFaces,
  type Face,
  type FaceDetector,
  openFaceDetector,
} from './face/detect.ts';
export { type ExpressionModel, openExpressionModel, readExpressions } from './face/expression.ts';
export { type Box, type GrayImage, type Point, type RgbaImage, toGray } from './face/image.ts';
export {
  equalizeHistogram,
  type HomomorphicFilterOptions,
  homomorphicFilter,
  medianFilter,
  resizeBilinear,
  resizeNearest,
  type StretchGrayOptions,
  stretchGray,
} from './face/preprocess.ts';
export { type FaceModels, type FaceReading, type QualityNote, readFaces } from './face/read.ts';
export { type OpenSession, type Session, type Tensor, tensor } from './graph/session.ts';
export { type ChineseTools, type Clause, type SegmentWords, splitClauses } from './lyrics/clauses.ts';
export type { LyricModel } from './lyrics/emotion-reader.ts';
export { LYRIC_FEATURES, type LyricFeatures, lyricFeatures } from './lyrics/features.ts';
export { detectLanguage } from './lyrics/language.ts';
export { type Lexicon, mergeLexicons, parseLexicon } from './lyrics/lexicon.ts';
export { lyricLines } from './lyrics/lines.ts';
export { formatLyricModel, parseLyricModel } from './lyrics/reader-file.ts';
export { type LyricReading, type ReadLyricsTools, readLyricEmotions } from './lyrics/song-emotions.ts';
export { countWords, type WordCounts } from './lyrics/word-counts.ts';
export { type Catalogue, mergeCatalogues, parseCatalogue } from './music/catalogue.ts';
export {
  type EmotionEvidence,
  EVIDENCE_SOURCES,
  type EvidenceSource,
  type JoinedEvidence,
  joinEvidence,
  type LibrarySong,
} from './music/library-song.ts';
export {
  forgetSong,
  type Listener,
  memoryOf,
  NEW_LISTENER,
  parseListener,
  REACTIONS,
  type Reaction,
  type ReactionEvent,
  react,
  type SongMemory,
} from './music/listener.ts';
export { type MoodPath, type PathQuality, pathPoints, pathQuality } from './music/mood-path.ts';
export { defaultGoal, GOALS, type Goal, type MoodStage, type MoodTarget, moodTarget } from './music/mood-target.ts';
export { type PersonalOptions, type PersonalRecommendation, recommendPersonally } from './music/personal.ts';
export { formatPlaylist, PLAYLIST_FORMATS, type PlaylistFormat, youtubeLink } from './music/playlist.ts';
export {
  type Profile,
  type RankedSong,
  type Recommendation,
  type RecommendOptions,
  recommend,
} from './music/recommend.ts';
export { type Song, songId } from './music/song.ts';
export type { SongColumnsKnown } from './music/song-index.ts';
export { type MoodPoint, songMood } from './music/tag-moods.ts';
export { TAGS } from './music/tags.ts';
export { type LinearModel, type LinearOptions, predictLinear, trainLinear } from './svm/linear.ts';
export { formatSvcModel, parseSvcModel } from './svm/model-file.ts';
export { predictSvc, predictSvcProbabilities } from './svm/predict.ts';
export { denseRows, type SparseRows, sparseRows } from './svm/rows.ts';
export { type SvcModel, type SvcOptions, trainSvc } from './svm/svc.ts';
