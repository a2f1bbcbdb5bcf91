/** Which part of the page is shown: written in the address, so that the back button works and a part can be bookmarked. */
import { signal } from '@preact/signals';

export const VIEWS = ['home', 'songs', 'library', 'history', 'settings'] as const;
export type View = (typeof VIEWS)[number];

const viewOf = (hash: string): View => VIEWS.find((view) => hash === `#${view}`) ?? 'home';

export const view = signal<View>(viewOf(location.hash));

export const addressOfView = (to: View): string => (to === 'home' ? '#home' : `#${to}`);

export const goTo = (to: View): void => {
  if (view.value !== to) location.hash = addressOfView(to);
};

export const followRoute = (): void => {
  window.addEventListener('hashchange', () => {
    // Other anchors, such as the one that skips to the playlist, stay within the view.
    const isView = location.hash === '' || VIEWS.some((known) => location.hash === `#${known}`);
    if (isView) view.value = viewOf(location.hash);
  });
};
