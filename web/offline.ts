/** The service worker's side of the page: registered early, so that models pass through it, and asked whether all is kept. */
import { signal } from '@preact/signals';

/** Whether the page would open without a network: `no` where the browser does not allow it. */
export const offlineState = signal<'getting' | 'ready' | 'no'>('getting');
export const isOnline = signal(navigator.onLine);
/** A newer page took over while this one was open. */
export const updateReady = signal(false);

/** Chromium's event that offers the page to be installed; it may be shown only after a click. */
interface InstallEvent extends Event {
  prompt(): Promise<unknown>;
}
export const installOffer = signal<InstallEvent | undefined>(undefined);

/** Models wait so long for the service worker, which keeps them as they pass; it is there within half a second or not at all. */
const PATIENCE_MS = 2500;

const controlled = (container: ServiceWorkerContainer): Promise<void> =>
  new Promise((resolve) => {
    if (container.controller) return resolve();
    container.addEventListener('controllerchange', () => resolve(), { once: true });
    setTimeout(resolve, PATIENCE_MS);
  });

/** One that failed, for want of room or because a file did not arrive, would else be waited for without end. */
const followInstallation = ({ installing, active }: ServiceWorkerRegistration): void => {
  installing?.addEventListener('statechange', () => {
    if (installing.state === 'redundant' && !active) offlineState.value = 'no';
  });
};

/** @returns once what the page fetches from now on is kept, or cannot be. */
export const startOffline = async (): Promise<void> => {
  window.addEventListener('online', () => {
    isOnline.value = true;
  });
  window.addEventListener('offline', () => {
    isOnline.value = false;
  });
  window.addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    installOffer.value = event as InstallEvent;
  });
  const container = 'serviceWorker' in navigator ? navigator.serviceWorker : undefined;
  if (!container) {
    offlineState.value = 'no';
    return;
  }
  if (container.controller) {
    container.addEventListener('controllerchange', () => {
      updateReady.value = true;
    });
  }
  try {
    const registration = await container.register(new URL('service-worker.js', document.baseURI));
    followInstallation(registration);
    // A forced reload goes past the service worker on purpose.
    if (registration.active && !container.controller) return;
    await controlled(container);
  } catch {
    offlineState.value = 'no';
  }
};

/** Asks the service worker to fetch what did not pass through it, and says whether everything is kept. */
export const completeOffline = async (): Promise<void> => {
  if (offlineState.value === 'no') return;
  const { active } = await navigator.serviceWorker.ready;
  const channel = new MessageChannel();
  channel.port1.onmessage = ({ data }: MessageEvent<unknown>) => {
    offlineState.value = data === true ? 'ready' : 'no';
  };
  active?.postMessage('complete', [channel.port2]);
};
