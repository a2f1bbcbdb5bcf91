/** The listener's own catalogue: a CSV file that stays on this device. */
import { ownCatalogue, setOwnCatalogue } from '../kept.ts';
import { saveFile } from '../save-file.ts';
import { sentence } from '../sentence.ts';
import { addOwnCatalogue, ownRefused, ownState } from '../songs.ts';
import { text } from '../strings/index.ts';

const EXAMPLE = [
  'title,artist,year,language,emotion,tags,typical',
  'My first song,My band,2024,en,happy,cheerful;pop;fast,',
  'My slow song,My band,2025,en,sad,melancholic;piano;slow,',
  '',
].join('\r\n');

const State = () => {
  const words = text().own;
  const state = ownState.value;
  switch (state.kind) {
    case 'none':
      return null;
    case 'reading':
      return (
        <div role="status">
          <p>{words.reading(state.name, state.share)}</p>
          <progress aria-label={state.name} max={1} value={state.share} />
        </div>
      );
    case 'ready':
      return (
        <>
          <p role="status">{words.loaded(state.name, state.count)}</p>
          <label class="check">
            <input
              type="checkbox"
              checked={ownCatalogue.value?.only === true}
              onChange={(event) => {
                const kept = ownCatalogue.value;
                if (kept) void setOwnCatalogue({ ...kept, only: event.currentTarget.checked });
              }}
            />
            <span>{words.ownOnly}</span>
          </label>
          <button
            type="button"
            class="link"
            onClick={() => {
              ownRefused.value = undefined;
              void setOwnCatalogue(undefined);
            }}
          >
            {words.removeCatalogue}
          </button>
        </>
      );
  }
};

export const OwnCatalogue = () => {
  const words = text().own;
  return (
    <section aria-labelledby="catalogue-title">
      <h3 id="catalogue-title">{words.catalogueTitle}</h3>
      <p>{words.catalogueLead}</p>
      <div class="actions">
        <label class="button">
          <input
            class="unseen"
            type="file"
            accept=".csv,text/csv"
            onChange={(event) => {
              const input = event.currentTarget;
              const file = input.files?.[0];
              input.value = '';
              if (file) void addOwnCatalogue(file);
            }}
          />
          {words.addCatalogue}
        </label>
        <button type="button" class="button" onClick={() => saveFile(EXAMPLE, 'text/csv', 'attune-songs.csv')}>
          {words.example}
        </button>
      </div>
      {ownRefused.value && (
        <div class="plate" role="alert">
          <h4>{words.failedTitle}</h4>
          <p class="lines">{sentence(ownRefused.value)}</p>
        </div>
      )}
      <State />
    </section>
  );
};
