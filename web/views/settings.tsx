/** Language, look, history, and everything the page knows about its listener: to take along or to erase. */
import { type Signal, useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { eraseEverything, exportEverything, history, keptAt, listener, restoreEverything } from '../kept.ts';
import { installOffer, offlineState } from '../offline.ts';
import { KeepNotice } from '../parts/keep-notice.tsx';
import { type Problem, toProblem } from '../protocol.ts';
import { saveFile } from '../save-file.ts';
import { sentence } from '../sentence.ts';
import { server, serverState } from '../server.ts';
import type { DataDescription } from '../server-client.ts';
import { keepsHistory, LANGUAGES, language, THEMES, theme } from '../settings.ts';
import { locale, text } from '../strings/index.ts';

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

/** What the server's store holds and where it lies, as `attune data where` tells. */
const ServerData = () => {
  const words = text().settings;
  const found = useSignal<DataDescription | undefined>(undefined);
  const { isEmpty } = serverState.value;
  useEffect(() => {
    if (isEmpty) return;
    // Numbers that cannot be had are no reason to say anything.
    server.ask<DataDescription>('/data').then(
      (data) => {
        found.value = data;
      },
      () => undefined,
    );
  }, [isEmpty, history.value, listener.value]);
  const data = found.value;
  return (
    <>
      <p>{words.dataServer}</p>
      {isEmpty && <p class="hint">{words.dataEmpty}</p>}
      {!isEmpty && data && (
        <p class="hint">
          {words.dataHolds(data.songs, data.readings, data.feedback, sizeInWords(data.bytes))} {words.dataWhere}:{' '}
          <code>{data.where}</code>
        </p>
      )}
    </>
  );
};

const sizeInWords = (bytes: number): string =>
  new Intl.NumberFormat(locale(), {
    style: 'unit',
    unit: bytes < 1e9 ? 'megabyte' : 'gigabyte',
    maximumFractionDigits: bytes < 1e7 || bytes >= 1e9 ? 1 : 0,
  }).format(bytes / (bytes < 1e9 ? 1e6 : 1e9));

const Data = () => {
  const words = text().settings;
  const asking = useSignal(false);
  const said = useSignal('');
  const problem = useSignal<Problem | undefined>(undefined);
  const isServer = keptAt.value === 'server';
  const save = async (): Promise<void> => {
    problem.value = undefined;
    said.value = words.exporting;
    try {
      const { content, ending } = await exportEverything();
      saveFile(content, content.type, `attune-${new Date().toISOString().slice(0, 10)}.${ending}`);
    } catch (error) {
      problem.value = toProblem(error);
    }
    said.value = '';
  };
  const restore = async (file: File): Promise<void> => {
    problem.value = undefined;
    said.value = words.restoring;
    try {
      await restoreEverything(file);
      said.value = text().settings.restored;
    } catch (error) {
      problem.value = toProblem(error);
      said.value = '';
    }
  };
  const erase = async (): Promise<void> => {
    asking.value = false;
    try {
      await eraseEverything();
      said.value = words.erased;
    } catch (error) {
      problem.value = toProblem(error);
      // Beside a server what it keeps may be gone already.
      said.value = problem.value.code === 'page/not-erased' ? '' : words.notErased;
    }
  };
  return (
    <section aria-labelledby="data-title">
      <h3 id="data-title">{words.data}</h3>
      {isServer ? <ServerData /> : <p>{serverState.value.store === 'there' ? words.dataElsewhere : words.dataLead}</p>}
      {asking.value ? (
        <section class="plate" aria-labelledby="erase-question">
          <p id="erase-question">{isServer ? words.eraseSureServer : words.eraseSure}</p>
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
          <label class="button">
            <input
              class="unseen"
              type="file"
              accept=".json,.ndjson,application/json,application/x-ndjson"
              onChange={(event) => {
                const input = event.currentTarget;
                const file = input.files?.[0];
                if (file) void restore(file);
                input.value = '';
              }}
            />
            {words.restore}
          </label>
          <button
            type="button"
            class="button"
            onClick={() => {
              asking.value = true;
              said.value = '';
              problem.value = undefined;
            }}
          >
            {words.erase}
          </button>
        </div>
      )}
      <p class="hint" role="status">
        {said.value}
      </p>
      {problem.value && <p role="alert">{sentence(problem.value)}</p>}
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
