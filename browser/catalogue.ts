/** Loads the song catalogue in a browser. */
import { type Catalogue, parseCatalogue } from '../src/music/catalogue.ts';
import { download } from './download.ts';

export interface LoadCatalogueOptions {
  /** Where `songs.csv` lies. @default 'catalogue/songs.csv', beside the page */
  readonly url?: string | URL;
}

/**
 * @throws {UnavailableError} `download/…`: the file cannot be loaded.
 * @throws {InvalidInputError} the file has a bad row; the message names it.
 */
export const loadCatalogue = async (options: LoadCatalogueOptions = {}): Promise<Catalogue> =>
  parseCatalogue(new TextDecoder().decode(await download(options.url ?? 'catalogue/songs.csv')));
