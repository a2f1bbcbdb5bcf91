/** Every song of the library that fits: search, filters, order, and a list of any length. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import {
  isFiltered,
  type LibraryFilter,
  type LibraryOrder,
  libraryFacets,
  libraryFilter,
  libraryOrder,
  libraryRows,
  ORDERS,
  songsFound,
  wantRows,
} from '../library.ts';
import type { StoredSong } from '../server-client.ts';
import { languageName, tagName } from '../song-words.ts';
import { text } from '../strings/index.ts';
import { VirtualList } from './virtual-list.tsx';
import { Wave } from './wave.tsx';

/** A choice of one, or of any. */
const Select = ({
  label,
  value,
  onChoose,
  children,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChoose: (value: string) => void;
  readonly children: ComponentChildren;
}) => {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        {children}
      </select>
    </div>
  );
};

let typing: ReturnType<typeof setTimeout> | undefined;

const set = (part: keyof LibraryFilter, value: string): void => {
  const { [part]: _, ...rest } = libraryFilter.value;
  libraryFilter.value = value === '' ? rest : { ...rest, [part]: value };
};

const Filters = () => {
  const words = text().library;
  const { tags, languages } = libraryFacets.value;
  const { tag = '', language = '', text: query = '' } = libraryFilter.value;
  const count = (number: number): string => ` (${number.toLocaleString(text().locale)})`;
  return (
    <search class="filters">
      <label class="field wide">
        <span>{words.search}</span>
        <input
          type="search"
          autocomplete="off"
          placeholder={words.searchHint}
          defaultValue={query}
          onInput={(event) => {
            const { value } = event.currentTarget;
            clearTimeout(typing);
            typing = setTimeout(() => set('text', value.trim()), 200);
          }}
        />
      </label>
      <Select label={words.tag} value={tag} onChoose={(value) => set('tag', value)}>
        <option value="">{words.anyTag}</option>
        {/* One that no song has any more is still the one chosen. */}
        {tag !== '' && tags.every(({ name }) => name !== tag) && <option value={tag}>{tagName(tag)}</option>}
        {tags.map(({ name, count: number }) => (
          <option key={name} value={name}>
            {tagName(name) + count(number)}
          </option>
        ))}
      </Select>
      <Select label={words.language} value={language} onChoose={(value) => set('language', value)}>
        <option value="">{words.anyLanguage}</option>
        {languages.map(({ name, count: number }) => (
          <option key={name} value={name}>
            {languageName(name) + count(number)}
          </option>
        ))}
      </Select>
      <Select
        label={words.order}
        value={libraryOrder.value}
        onChoose={(value) => {
          libraryOrder.value = value as LibraryOrder;
        }}
      >
        {ORDERS.map((order) => (
          <option key={order} value={order}>
            {words.orders[order]}
          </option>
        ))}
      </Select>
    </search>
  );
};

/** How sure it is where a song stands, in a few words. */
export const howSure = ({ confidence, evidence, emotion, scores }: StoredSong): string => {
  const words = text().library;
  if (evidence.some(({ source }) => source === 'hand')) return words.byYou;
  return confidence > 0 && scores && emotion ? words.sure(confidence) : words.unknown;
};

const Row = ({ song, tabIndex, onOpen }: { song: StoredSong | undefined; tabIndex: 0 | -1; onOpen: () => void }) => {
  const words = text().library;
  // It keeps the place, and the focus that a key brought here.
  if (!song)
    return (
      <button type="button" class="library-row" tabIndex={tabIndex} aria-disabled="true">
        <span class="unseen">{words.waiting}</span>
      </button>
    );
  const { title, artist, emotion, year, language } = song;
  const facts = [artist, year, languageName(language)].filter(Boolean).join(' · ');
  return (
    <button type="button" class="library-row" tabIndex={tabIndex} aria-haspopup="dialog" onClick={onOpen}>
      <Wave emotion={emotion} width={34} height={16} turns={2} />
      <span class="library-name">
        <b>{title}</b> <span class="song-facts">{facts}</span>
      </span>{' '}
      <span class="library-mood">
        {text().emotion[emotion]} <span class="song-facts">{howSure(song)}</span>
      </span>
    </button>
  );
};

export const LibrarySongs = ({ onOpen }: { readonly onOpen: (song: StoredSong) => void }) => {
  const words = text().library;
  const count = songsFound();
  const rows = libraryRows.value;
  const filter = libraryFilter.value;
  return (
    <section aria-labelledby="songs-title">
      <h3 id="songs-title">{words.songsTitle}</h3>
      <Filters />
      <p role="status" class="found">
        {count !== undefined && words.found(count)}{' '}
        {isFiltered(filter) && (
          <button
            type="button"
            class="link"
            onClick={() => {
              const field = document.querySelector<HTMLInputElement>('.filters input');
              if (field) field.value = '';
              libraryFilter.value = {};
            }}
          >
            {words.showAll}
          </button>
        )}
      </p>
      {count !== undefined && count > 0 && (
        <VirtualList
          count={count}
          label={words.songsTitle}
          rowRem={3.3}
          listKey={JSON.stringify([filter, libraryOrder.value])}
          onRange={wantRows}
          row={(index, tabIndex) => {
            const song = rows.get(index);
            return <Row song={song} tabIndex={tabIndex} onOpen={() => song && onOpen(song)} />;
          }}
        />
      )}
    </section>
  );
};
