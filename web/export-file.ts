/** What a file that was exported holds: the page's own JSON, or a server's lines with the page's at their end. */

/** An export longer than this, or a line of one, is none of the page's, bytes: a million songs as CSV take 80 MB. */
const MOST_PAGE_BYTES = 200_000_000;

type JsonObject = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parsed = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/** The page's own line, the last one of a server's export. */
const pageLineOf = async (file: Blob): Promise<string> => {
  for (let size = 64 * 1024; size <= MOST_PAGE_BYTES; size *= 8) {
    const tail = (await file.slice(Math.max(0, file.size - size)).text()).trimEnd();
    const start = tail.lastIndexOf('\n');
    if (start >= 0 || size >= file.size) return tail.slice(start + 1);
  }
  return '';
};

export type ExportFile =
  /** `page`: what lay in the browser beside the server, where the export says it. */
  | { readonly kind: 'server'; readonly page: JsonObject | undefined }
  | { readonly kind: 'page'; readonly everything: JsonObject }
  | { readonly kind: 'foreign' };

/** Tells by the content, whatever the file is called; a file of any size. */
export const readExportFile = async (file: Blob): Promise<ExportFile> => {
  const [first = ''] = (await file.slice(0, 10_000).text()).split('\n');
  if (parsed(first)?.kind === 'attune') {
    const page = parsed(await pageLineOf(file));
    return { kind: 'server', page: page?.kind === 'page' ? page : undefined };
  }
  const everything = file.size > MOST_PAGE_BYTES ? undefined : parsed(await file.text());
  return everything?.attune === 1 ? { kind: 'page', everything } : { kind: 'foreign' };
};
