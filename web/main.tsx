/** Starts the page. */
import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app.tsx';
import { openKept } from './kept.ts';
import { followSongs } from './list.ts';
import { completeOffline, startOffline } from './offline.ts';
import { followRoute } from './route.ts';
import { applySettings } from './settings.ts';
import { fetchCatalogue, followLibrary, followOwnCatalogue } from './songs.ts';
import { reader } from './stage.ts';

applySettings();
followRoute();
followSongs();
const root = document.getElementById('app');
if (root) render(<App />, root);
void fetchCatalogue();
void openKept().then(() => {
  followOwnCatalogue();
  followLibrary();
});
// The page is drawn and of use by now; the models come after it, through the service worker where there is one.
void startOffline().then(() => reader.start());
effect(() => {
  if (reader.models.value.kind === 'ready') void completeOffline();
});
