/** What the contract tests call inside the browser: the package's browser entry on pictures fetched from beside this page. */

import { AttuneError, alignFace, decodePhoto, detectFaces, loadFaceModels, tensor } from '../../../browser/index.ts';
import { openKeep } from '../../../web/keep.ts';
import { checkKeep } from '../../../web/keep-contract.ts';

const fetchPhoto = async (url: string): Promise<Blob> => (await fetch(url)).blob();

/** The numbers on the way from a photo to the logits of its largest face. */
const readLargest = async (url: string) => {
  const models = await loadFaceModels({ baseUrl: '/models/' });
  const image = await decodePhoto(await fetchPhoto(url));
  const [face] = await detectFaces(image, models.detector);
  if (!face) throw new Error('no face');
  const pixels = alignFace(image, face);
  const { logits } = await models.expression.session.run({ pixels });
  return { box: face.box, pixels: [...pixels.data], logits: [...logits!.data] };
};

/** Logits of a face framed elsewhere: 48 x 48 luma values. */
const readFramed = async (pixels: readonly number[]) => {
  const { expression } = await loadFaceModels({ baseUrl: '/models/' });
  const { logits } = await expression.session.run({ pixels: tensor(Float32Array.from(pixels), [1, 1, 48, 48]) });
  return [...logits!.data];
};

/** Size and a few pixels of a decoded photo, or the code of its error. */
const decode = async (url: string) => {
  try {
    const { width, height, data } = await decodePhoto(await fetchPhoto(url));
    const at = (x: number, y: number): number[] => {
      const offset = 4 * (Math.floor(y * (height - 1)) * width + Math.floor(x * (width - 1)));
      return [...data.subarray(offset, offset + 3)];
    };
    return { width, height, corners: [at(0.1, 0.1), at(0.9, 0.1), at(0.1, 0.9), at(0.9, 0.9)] };
  } catch (error) {
    return { code: error instanceof AttuneError ? error.code : 'unexpected', message: String(error) };
  }
};

/** What the browser's database does wrong by the contract that the tab's memory is held to as well. */
const checkDatabase = async () => {
  const { keep, problem } = await openKeep();
  return { kind: keep.kind, problem, wrong: await checkKeep(keep) };
};

Object.assign(globalThis, { contract: { readLargest, readFramed, decode, checkDatabase } });
