/** The readings that were kept, if the person wants that. */
import { useSignal } from '@preact/signals';
import { EMOTIONS } from '../../src/base/emotions.ts';
import { type HistoryEntry, history, removeFromHistory } from '../kept.ts';
import { Icon } from '../parts/icon.tsx';
import { KeepNotice } from '../parts/keep-notice.tsx';
import { Wave } from '../parts/wave.tsx';
import { keepsHistory } from '../settings.ts';
import { locale, text } from '../strings/index.ts';

const HistoryChart = ({ entries }: { readonly entries: readonly HistoryEntry[] }) => {
  const counts = EMOTIONS.map((emotion) => entries.filter((entry) => entry.emotion === emotion).length);
  const most = Math.max(1, ...counts);
  return (
    <ul class="bars" aria-label={text().history.chart}>
      {EMOTIONS.map((emotion, index) => (
        <li key={emotion} class={`bar tone-${emotion}${counts[index] === most ? ' leader' : ''}`}>
          <Wave emotion={emotion} width={34} height={16} turns={2} />
          <span class="bar-name">{text().emotion[emotion]}</span>
          <span class="bar-track" aria-hidden="true">
            <span class="bar-fill" style={{ '--share': (counts[index]! / most).toFixed(4) }} />
          </span>
          <span class="bar-share">{counts[index]}</span>
        </li>
      ))}
    </ul>
  );
};

/** So many entries are drawn at once. */
const PAGE = 100;

const Entries = ({ entries }: { readonly entries: readonly HistoryEntry[] }) => {
  const shown = useSignal(PAGE);
  const words = text().history;
  const day = new Intl.DateTimeFormat(locale(), { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
  const clock = new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit' });
  const newest = [...entries].sort((a, b) => b.time - a.time).slice(0, shown.value);
  const days = new Map<string, HistoryEntry[]>();
  for (const entry of newest) {
    const name = day.format(entry.time);
    days.set(name, [...(days.get(name) ?? []), entry]);
  }
  return (
    <>
      {[...days].map(([name, ofDay]) => (
        <section key={name} class="day">
          <h4>{name}</h4>
          <ul>
            {ofDay.map((entry) => {
              const time = clock.format(entry.time);
              const what = text().emotion[entry.emotion];
              return (
                <li key={entry.number} class="entry">
                  <time dateTime={new Date(entry.time).toISOString()}>{time}</time>
                  <Wave emotion={entry.emotion} width={34} height={16} turns={2} />
                  <b>{what}</b>
                  <span class="song-facts">
                    {words.source[entry.source]}
                    {entry.scores && ` · ${text().reading.sure(entry.scores[entry.emotion])}`}
                    {` · ${text().goal[entry.goal].name}`}
                  </span>
                  <button
                    type="button"
                    class="icon-button"
                    aria-label={words.remove(`${what}, ${name}, ${time}`)}
                    onClick={() => void removeFromHistory(entry.number)}
                  >
                    <Icon name="close" />
                  </button>
                </li>
              );
            })}
          </ul>
        </section>
      ))}
      {entries.length > shown.value && (
        <button
          type="button"
          class="button"
          onClick={() => {
            shown.value += PAGE;
          }}
        >
          {words.count(entries.length)} …
        </button>
      )}
    </>
  );
};

export const History = () => {
  const words = text().history;
  const entries = history.value;
  return (
    <main class="page" id="content">
      <h2 class="display" tabIndex={-1}>
        {words.title}
      </h2>
      <KeepNotice />
      <p class="lead">{keepsHistory.value ? words.on : words.off}</p>
      {!keepsHistory.value && (
        <button
          type="button"
          class="button primary"
          onClick={() => {
            keepsHistory.value = true;
          }}
        >
          {words.turnOn}
        </button>
      )}
      {keepsHistory.value && entries.length === 0 && <p class="hint">{words.none}</p>}
      {entries.length > 0 && (
        <>
          <HistoryChart entries={entries} />
          <div class="list-head">
            <h3>{words.over}</h3>
            <button type="button" class="button" onClick={() => void removeFromHistory()}>
              {words.removeAll}
            </button>
          </div>
          <Entries entries={entries} />
        </>
      )}
    </main>
  );
};
