/** Opens a contender by its name, or says what is missing for it. */
import { openAttune } from './attune.ts';
import { openFaceApi } from './face-api.ts';
import { openHuman } from './human.ts';
import type { OpenPeerOptions, Peer } from './peer.ts';

const OPENERS: Readonly<Record<string, (options: OpenPeerOptions) => Promise<Peer>>> = {
  attune: openAttune,
  human: openHuman,
  'face-api (SSD)': () => openFaceApi('ssd'),
  'face-api (tiny)': () => openFaceApi('tiny'),
};

/** @returns the contender, or a sentence that says which package is not installed. */
export const openPeer = async (name: string, options: OpenPeerOptions): Promise<Peer | string> => {
  try {
    return await OPENERS[name]!(options);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND')
      return `${error.message.split('\n')[0]}: "npm install" brings it.`;
    throw error;
  }
};
