/** The worker that reads large catalogues, joins them and makes lists of them, so that the page answers meanwhile. */
import { type CatalogueRequest, createCatalogueDesk } from './catalogue-desk.ts';

const answer = createCatalogueDesk((message) => self.postMessage(message));

self.addEventListener('message', ({ data }: MessageEvent<CatalogueRequest>) => void answer(data));
