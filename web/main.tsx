/** Starts the page. */
import { render } from 'preact';
import { App } from './app.tsx';
import { fetchCatalogue } from './state.ts';

const root = document.getElementById('app');
if (root) render(<App />, root);
void fetchCatalogue();
