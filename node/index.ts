/** The package's entry in Node: the whole library, and the loaders only Node has. */
export * from '../src/index.ts';
export { isAnimation, readAnimationFrames } from './animation.ts';
export { loadCatalogue } from './catalogue.ts';
export { type DecodeAudioOptions, decodeAudio, type ReadAudioOptions, readAudio } from './decode-audio.ts';
export { type DecodePhotoOptions, decodePhoto } from './decode-photo.ts';
export { type LoadFaceModelsOptions, loadFaceDetector, loadFaceModels } from './face-models.ts';
export { loadLexicons } from './lexicons.ts';
export { loadLyricModel } from './lyric-model.ts';
export { findRuntime, type OpenSessionOptions, openSession, type Runtime } from './open-session.ts';
export { isSoundFile, readVoiceInFile } from './read-voice.ts';
export { loadChineseTools } from './segment-words.ts';
export { type LoadSoundModelOptions, loadSongModel, loadVoiceModel } from './sound-models.ts';
export { isVideoFile, readVideoFrames, type VideoFrame, type VideoFramesOptions } from './video.ts';
