/** What the page keeps with the server: the contract of the page's own place, over a real server with an empty store. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createApp } from '../../server/app.ts';
import { checkKeptPlace } from '../../web/kept-place-contract.ts';
import { createServerClient, type Health } from '../../web/server-client.ts';
import { createServerPlace } from '../../web/server-place.ts';

it('choices kept with the server are kept as the contract says; an empty store is not opened to say so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'attune-choices-'));
  const app = await createApp({ logLevel: 'silent', store: { dataDir: join(folder, 'data') } });
  try {
    await app.listen({ host: '127.0.0.1', port: 0 });
    const client = createServerClient(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}/`);
    expect(await client.ask<Health>('/health')).toMatchObject({ store: 'empty', here: true });
    expect(await checkKeptPlace(createServerPlace(client))).toEqual([]);
    expect(await client.ask<Health>('/health')).toMatchObject({ store: 'open' });
    await expect(client.ask('/songs/none')).rejects.toMatchObject({ code: 'store/no-song' });
  } finally {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const gone = createServerClient('http://127.0.0.1:1/');
  await expect(gone.ask('/health')).rejects.toMatchObject({ code: 'server/lost' });
});
