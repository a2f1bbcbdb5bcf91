/** Language, theme and whether readings are kept: small choices that hold from the first moment of the next visit. */
import { batch, effect, signal } from '@preact/signals';

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** What lists are made of: the catalogue that ships, the server's library as well, or that alone. */
export const SONGS_FROM = ['shipped', 'both', 'library'] as const;
export type SongsFrom = (typeof SONGS_FROM)[number];

/** web/public/early.js reads the same entry before the page is drawn. */
const ENTRY = 'attune-settings';

const oneOf = <T extends string>(choices: readonly T[], value: unknown): T | undefined =>
  choices.find((choice) => choice === value);

/** Storage may be forbidden altogether; then nothing was kept. */
const readKept = (): Readonly<Record<string, unknown>> => {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(ENTRY) ?? '{}');
    return typeof kept === 'object' && kept !== null ? (kept as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

/** The first of the browser's languages that the page speaks. */
export const preferredLanguage = (wanted: readonly string[]): Language =>
  wanted.flatMap((tag) => oneOf(LANGUAGES, tag.toLowerCase().split('-')[0]) ?? [])[0] ?? 'en';

const initial = readKept();

export const language = signal<Language>(
  oneOf(LANGUAGES, initial.language) ?? preferredLanguage(navigator.languages ?? [navigator.language]),
);
export const theme = signal<Theme>(oneOf(THEMES, initial.theme) ?? 'auto');
export const songsFrom = signal<SongsFrom>(oneOf(SONGS_FROM, initial.songsFrom) ?? 'shipped');
/** Whether readings are kept on this device. Off until the person turns it on. */
export const keepsHistory = signal(initial.keepsHistory === true);

/** The choices as they are kept and exported. */
export const currentSettings = () => ({
  language: language.value,
  theme: theme.value,
  keepsHistory: keepsHistory.value,
  songsFrom: songsFrom.value,
});

/** Takes choices that make sense out of an export. */
export const restoreSettings = (given: Readonly<Record<string, unknown>>): void =>
  batch(() => {
    language.value = oneOf(LANGUAGES, given.language) ?? language.value;
    theme.value = oneOf(THEMES, given.theme) ?? theme.value;
    songsFrom.value = oneOf(SONGS_FROM, given.songsFrom) ?? songsFrom.value;
    if (typeof given.keepsHistory === 'boolean') keepsHistory.value = given.keepsHistory;
  });

/** Goes back to what a first visit finds. */
export const eraseSettings = (): void => {
  batch(() => {
    language.value = preferredLanguage(navigator.languages ?? [navigator.language]);
    theme.value = 'auto';
    keepsHistory.value = false;
    songsFrom.value = 'shipped';
  });
  try {
    localStorage.removeItem(ENTRY);
  } catch {
    // Nothing was kept either.
  }
};

/** Shows the choices and keeps them; choices made in another tab hold here too. */
export const applySettings = (): void => {
  // What the browser said, or another tab, is not a choice made here: it is not written down.
  let isChoice = false;
  effect(() => {
    const settings = currentSettings();
    document.documentElement.lang = settings.language === 'zh' ? 'zh-Hans' : 'en';
    if (settings.theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = settings.theme;
    if (!isChoice) return;
    try {
      localStorage.setItem(ENTRY, JSON.stringify(settings));
    } catch {
      // Storage is forbidden or full: the choice holds for this tab.
    }
  });
  isChoice = true;
  window.addEventListener('storage', ({ key }) => {
    if (key !== ENTRY) return;
    const kept = readKept();
    isChoice = false;
    batch(() => {
      language.value = oneOf(LANGUAGES, kept.language) ?? language.value;
      theme.value = oneOf(THEMES, kept.theme) ?? 'auto';
      keepsHistory.value = kept.keepsHistory === true;
      songsFrom.value = oneOf(SONGS_FROM, kept.songsFrom) ?? 'shipped';
    });
    isChoice = true;
  });
};
