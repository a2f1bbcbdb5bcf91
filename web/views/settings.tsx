/** Language, look, history, and everything the page knows about its listener: to take along or to erase. */
import { type Signal, useSignal } from '@preact/signals';
import { eraseEverything, exportEverything } from '../kept.ts';
import { installOffer, offlineState } from '../offline.ts';
import { KeepNotice } from '../parts/keep-notice.tsx';
import { saveFile } from '../save-file.ts';
import { keepsHistory, LANGUAGES, language, THEMES, theme } from '../settings.ts';
import { text } from '../strings/index.ts';

interface ChoiceProps<T extends string> {
  readonly name: string;
  readonly legend: string;
  readonly options: readonly T[];
  readonly names: Readonly<Record<T, string>>;
  readonly chosen: Signal<T>;
}

const Choice = <T extends string>({ name, legend, options, names, chosen }: ChoiceProps<T>) => (
  <fieldset class="choice">
    <legend>{legend}</legend>
    <div class="segments">
      {options.map((option) => (
        <label key={option} class="segment">
          <input
            type="radio"
            name={name}
            checked={chosen.value === option}
            onChange={() => {
              chosen.value = option;
            }}
          />
          <span>{names[option]}</span>
        </label>
      ))}
    </div>
  </fieldset>
);

const Data = () => {
  const words = text().settings;
  const asking = useSignal(false);
  const erased = useSignal(false);
  const save = async (): Promise<void> => {
    saveFile(await exportEverything(), 'application/json', `attune-${new Date().toISOString().slice(0, 10)}.json`);
  };
  const erase = async (): Promise<void> => {
    await eraseEverything();
    asking.value = false;
    erased.value = true;
  };
  return (
    <section aria-labelledby="data-title">
      <h3 id="data-title">{words.data}</h3>
      <p>{words.dataLead}</p>
      {asking.value ? (
        <section class="plate" aria-labelledby="erase-question">
          <p id="erase-question">{words.eraseSure}</p>
          <div class="actions">
            <button type="button" class="button danger" onClick={() => void erase()}>
              {words.eraseYes}
            </button>
            <button
              type="button"
              class="button"
              // The question took the place of the button that had the focus.
              ref={(button) => button?.focus()}
              onClick={() => {
                asking.value = false;
              }}
            >
              {words.eraseNo}
            </button>
          </div>
        </section>
      ) : (
        <div class="actions">
          <button type="button" class="button" onClick={() => void save()}>
            {words.export}
          </button>
          <button
            type="button"
            class="button"
            onClick={() => {
              asking.value = true;
              erased.value = false;
            }}
          >
            {words.erase}
          </button>
        </div>
      )}
      <p class="hint" role="status">
        {erased.value && words.erased}
      </p>
    </section>
  );
};

const Offline = () => {
  const words = text().settings;
  const offer = installOffer.value;
  return (
    <section aria-labelledby="app-title">
      <h3 id="app-title">{words.app}</h3>
      <p role="status">
        {{ ready: words.offlineReady, getting: words.offlineGetting, no: words.offlineNot }[offlineState.value]}
      </p>
      {offer ? (
        <button
          type="button"
          class="button"
          onClick={() => {
            installOffer.value = undefined;
            void offer.prompt();
          }}
        >
          {words.install}
        </button>
      ) : (
        offlineState.value !== 'no' && <p class="hint">{words.installHint}</p>
      )}
    </section>
  );
};

export const Settings = () => {
  const words = text().settings;
  return (
    <main class="page settings" id="content">
      <h2 class="display" tabIndex={-1}>
        {words.title}
      </h2>
      <KeepNotice />
      <Choice name="language" legend={words.language} options={LANGUAGES} names={words.languages} chosen={language} />
      <Choice name="theme" legend={words.theme} options={THEMES} names={words.themes} chosen={theme} />
      <section aria-labelledby="history-title">
        <h3 id="history-title">{words.history}</h3>
        <label class="check">
          <input
            type="checkbox"
            checked={keepsHistory.value}
            onChange={(event) => {
              keepsHistory.value = event.currentTarget.checked;
            }}
          />
          <span>{words.keepHistory}</span>
        </label>
        <p class="hint">{keepsHistory.value ? text().history.on : text().history.off}</p>
      </section>
      <Data />
      <Offline />
    </main>
  );
};
