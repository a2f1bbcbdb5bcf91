/** The frame of the page: masthead, the view chosen, the player, and what Attune does and does not. */
import { useEffect, useRef } from 'preact/hooks';
import { keepProblem } from './kept.ts';
import { isOnline, updateReady } from './offline.ts';
import { KeepNotice } from './parts/keep-notice.tsx';
import { Player } from './parts/player.tsx';
import { DropAndPaste } from './parts/source-picker.tsx';
import { Wave } from './parts/wave.tsx';
import { addressOfView, VIEWS, type View, view } from './route.ts';
import { sentence } from './sentence.ts';
import { serverState } from './server.ts';
import { reader } from './stage.ts';
import { text } from './strings/index.ts';
import { History } from './views/history.tsx';
import { Library } from './views/library.tsx';
import { Listen } from './views/listen.tsx';
import { Settings } from './views/settings.tsx';
import { YourSongs } from './views/your-songs.tsx';

/** How far the models are: a word in the masthead and its lower edge filling up, so that nothing jumps when they arrive. */
const ModelsLoading = () => {
  const models = reader.models.value;
  if (models.kind !== 'loading') return <span class="edge" />;
  const share = models.totalBytes ? models.loadedBytes / models.totalBytes : undefined;
  return (
    <>
      <p class="models">{text().models.loading(share)}</p>
      <progress class="edge" aria-label={text().models.loading(undefined)} max={1} value={share ?? 0} />
    </>
  );
};

const ModelsFailed = () => {
  const models = reader.models.value;
  if (models.kind !== 'failed') return null;
  return (
    <div class="strip alert" role="alert">
      <p>
        {text().models.failed} <span class="hint">{sentence(models.problem)}</span>
      </p>
      <button type="button" class="button" onClick={reader.retry}>
        {text().models.retry}
      </button>
    </div>
  );
};

/** A choice that was just made and is not kept is told where it was made; the other parts of the page say it themselves. */
const NotKept = () => {
  const problem = keepProblem.value;
  const isOfNow = problem === 'full' || typeof problem === 'object';
  return isOfNow && (view.value === 'home' || view.value === 'library') ? <KeepNotice /> : null;
};

const Notices = () => (
  <>
    <NotKept />
    {!isOnline.value && (
      <p class="strip" role="status">
        {text().notice.offline}
      </p>
    )}
    {updateReady.value && (
      <p class="strip" role="status">
        {text().notice.update}{' '}
        <button type="button" class="link" onClick={() => location.reload()}>
          {text().notice.reload}
        </button>
      </p>
    )}
  </>
);

const VIEW_PARTS: Readonly<Record<View, () => preact.JSX.Element>> = {
  home: Listen,
  songs: YourSongs,
  library: Library,
  history: History,
  settings: Settings,
};

/** A new view begins at its top, and a screen reader hears its heading. */
const CurrentView = () => {
  const Part = VIEW_PARTS[view.value];
  const first = useRef(true);
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    window.scrollTo(0, 0);
    document.querySelector<HTMLElement>('main h2')?.focus({ preventScroll: true });
  }, [view.value]);
  return <Part />;
};

export const App = () => (
  <>
    <a class="skip" href={view.value === 'home' ? '#playlist' : '#content'}>
      {view.value === 'home' ? text().skip : text().skipContent}
    </a>
    <header class="masthead">
      <h1 class="brand">
        <Wave emotion="neutral" width={30} height={22} turns={1.5} />
        {text().name}
      </h1>
      <ModelsLoading />
      <nav aria-label={text().nav.label}>
        <ul>
          {/* Without a server there is no library, and nothing is said about it. */}
          {VIEWS.filter((name) => name !== 'library' || serverState.value.store === 'there').map((name) => (
            <li key={name}>
              <a href={addressOfView(name)} {...(view.value === name && { 'aria-current': 'page' })}>
                {text().nav[name]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
    </header>
    <Notices />
    <ModelsFailed />
    <CurrentView />
    <footer>
      <h2>{text().footer.title}</h2>
      <ul class="points">
        {text().footer.points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
    </footer>
    <Player />
    <DropAndPaste />
  </>
);
