/** A server to load, in a process of its own: tells its address, then how much memory it takes and took at most. Started by bench/server.ts. */
import type { AddressInfo } from 'node:net';
import { createApp } from '../../server/app.ts';

const [dataDir] = process.argv.slice(2);
const app = await createApp({ logLevel: 'silent', ...(dataDir ? { store: { dataDir } } : {}) });
await app.listen({ host: '127.0.0.1', port: 0 });
let peak = 0;
setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 20).unref();
process.on('message', () => {
  process.send?.({ rss: process.memoryUsage.rss(), peak });
  peak = 0;
});
process.on('disconnect', () => process.exit(0));
process.send?.({ port: (app.server.address() as AddressInfo).port });
