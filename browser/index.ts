/** The package's entry in browsers: the whole library, and the loaders only a browser has. */
export * from '../src/index.ts';
export { type Camera, explainCameraError, openCamera } from './camera.ts';
export { type LoadCatalogueOptions, loadCatalogue } from './catalogue.ts';
export { type DecodeAudioOptions, decodeAudio } from './decode-audio.ts';
export { type DecodePhotoOptions, decodeBitmap, decodePhoto, readPixels } from './decode-photo.ts';
export { type DownloadOptions, download } from './download.ts';
export {
  type ExpressionModelName,
  type LoadExpressionModelOptions,
  type LoadFaceModelsOptions,
  loadExpressionModel,
  loadFaceModels,
} from './face-models.ts';
export {
  LEXICON_FILES,
  type LoadChineseToolsOptions,
  type LoadLexiconsOptions,
  type LoadLyricModelOptions,
  loadChineseTools,
  loadLexicons,
  loadLyricModel,
} from './lyrics.ts';
export { explainMicrophoneError, type Recording, recordVoice } from './microphone.ts';
export { openSession, setWasmBytes, setWasmUrl } from './open-session.ts';
export { type LoadSongModelOptions, loadSongModel } from './song.ts';
export { type SampledFrame, sampleVideoFrames, type VideoFramesOptions } from './video-frames.ts';
export { type LoadVoiceModelOptions, loadVoiceModel } from './voice.ts';
