/** Makes dist/store/start.tar.br: an empty store, packed, so that a first start unpacks one instead of making it. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { packagePath } from '../node/package-root.ts';
import { openPglite } from '../server/store/connection.ts';
import { migrate, readMigrations } from '../server/store/migrate.ts';

const connection = await openPglite(undefined);
await migrate(connection, readMigrations());
const archive = await connection.dump?.('none');
if (archive === undefined) throw new Error('The store gave no archive.');
await connection.close();
// The three databases of a cluster are almost the same bytes: a window that holds them all packs 40 MB into 1.6.
const packed = brotliCompressSync(archive, {
  params: {
    [constants.BROTLI_PARAM_QUALITY]: 9,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: archive.length,
  },
});
const file = packagePath('dist', 'store', 'start.tar.br');
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, packed);
