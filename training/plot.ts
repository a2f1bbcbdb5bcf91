/** Small SVG figures for reports, readable on light and on dark pages. Functions from numbers to text. */

/** One line of a chart. */
export interface Series {
  readonly name: string;
  readonly points: readonly (readonly [number, number])[];
}

export interface Axis {
  readonly label: string;
  /** Fixed ends; without them the data's own, widened to round numbers. */
  readonly range?: readonly [number, number];
  /** Fractions are shown as percentages. @default 'number' */
  readonly unit?: 'number' | 'percent';
}

const WIDTH = 640;
const HEIGHT = 400;
const PLOT = { left: 64, right: 24, top: 82, bottom: 52 };
/** Blue, orange, green, purple: told apart by colour-blind readers too, on white and on black. */
const COLOURS = ['#3b82d6', '#e07b1f', '#2a9d6f', '#a062c9'] as const;

// Pictures embedded in a page take the page's colour scheme through the media query; the background stays the page's own.
const STYLE = `<style>
text { font-family: system-ui, "Segoe UI", Helvetica, Arial, sans-serif; font-size: 13px; fill: #24292f }
.title { font-size: 16px; font-weight: 600 }
.quiet { fill: #57606a }
.grid { stroke: #d0d7de; stroke-width: 1 }
.axis { stroke: #57606a; stroke-width: 1 }
.guide { stroke: #57606a; stroke-width: 1.5; stroke-dasharray: 5 5; fill: none }
.line { fill: none; stroke-width: 2.25; stroke-linejoin: round; stroke-linecap: round }
.on-dark { fill: #ffffff }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .quiet { fill: #9198a1 }
  .grid { stroke: #30363d }
  .axis, .guide { stroke: #9198a1 }
  .on-dark { fill: #ffffff }
}
</style>`;

/** Text inside SVG. */
export const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Tenths of a pixel are enough, and keep the files small. */
const px = (value: number): string => String(Math.round(value * 10) / 10);

const text = (
  x: number,
  y: number,
  content: string,
  {
    anchor = 'start',
    style = '',
    turn = 0,
  }: { anchor?: 'start' | 'middle' | 'end'; style?: string; turn?: number } = {},
): string => {
  const turned = turn ? ` transform="rotate(${turn} ${px(x)} ${px(y)})"` : '';
  const classed = style ? ` class="${style}"` : '';
  return `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}"${classed}${turned}>${escapeText(content)}</text>`;
};

const straight = (x1: number, y1: number, x2: number, y2: number, style: string): string =>
  `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" class="${style}"/>`;

const figure = (title: string, parts: readonly string[], width = WIDTH, height = HEIGHT): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeText(title)}">
<title>${escapeText(title)}</title>
${STYLE}
${[text(16, 28, title, { style: 'title' }), ...parts].join('\n')}
</svg>
`;

/**
 * About `wanted` round values (1, 2 or 5 times a power of ten apart) that cover [low, high].
 *
 * @throws {RangeError} an end is not finite: a mistake in the calling code.
 */
export const roundTicks = (low: number, high: number, wanted = 5): number[] => {
  if (!Number.isFinite(low) || !Number.isFinite(high)) throw new RangeError(`No ticks between ${low} and ${high}.`);
  // Values that differ by less than a millionth count as one: their ticks would all read the same.
  const size = Math.max(Math.abs(low), Math.abs(high));
  const span = high - low > size * 1e-6 && size > 1e-200 ? high - low : size > 1e-200 ? size : 1;
  const rough = span / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  // From whole numbers of steps: adding up would bring 0.30000000000000004.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
};

const formatTick = (value: number, unit: Axis['unit']): string =>
  unit === 'percent'
    ? `${Number((value * 100).toPrecision(6))}\u2009%`
    : value.toLocaleString('en-US', { maximumFractionDigits: 4 });

interface Frame {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly parts: readonly string[];
}

/** Grid, ticks and axis labels, and the mapping from values to pixels. */
const makeFrame = (xAxis: Axis, yAxis: Axis, points: readonly (readonly [number, number])[]): Frame => {
  const ends = (axis: Axis, values: readonly number[]): readonly [number, number] => {
    if (axis.range) return axis.range;
    // A loop, not Math.min(...values): a curve of 30,000 points would overflow the stack of arguments.
    const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    return values.length ? [low, high] : [0, 1];
  };
  const xTicks = roundTicks(
    ...ends(
      xAxis,
      points.map(([x]) => x),
    ),
    6,
  );
  const yTicks = roundTicks(
    ...ends(
      yAxis,
      points.map(([, y]) => y),
    ),
    5,
  );
  const [left, right, top, bottom] = [PLOT.left, WIDTH - PLOT.right, PLOT.top, HEIGHT - PLOT.bottom];
  const scale = (ticks: readonly number[], from: number, to: number) => {
    const [first, last] = [ticks[0]!, ticks.at(-1)!];
    return (value: number) => from + ((value - first) / (last - first)) * (to - from);
  };
  const x = scale(xTicks, left, right);
  const y = scale(yTicks, bottom, top);
  const parts = [
    ...yTicks.map((tick) => straight(left, y(tick), right, y(tick), 'grid')),
    ...yTicks.map((tick) =>
      text(left - 8, y(tick) + 4, formatTick(tick, yAxis.unit), { anchor: 'end', style: 'quiet' }),
    ),
    ...xTicks.map((tick) => straight(x(tick), bottom, x(tick), bottom + 5, 'axis')),
    ...xTicks.map((tick) =>
      text(x(tick), bottom + 20, formatTick(tick, xAxis.unit), { anchor: 'middle', style: 'quiet' }),
    ),
    straight(left, bottom, right, bottom, 'axis'),
    text((left + right) / 2, HEIGHT - 12, xAxis.label, { anchor: 'middle' }),
    text(16, (top + bottom) / 2, yAxis.label, { anchor: 'middle', turn: -90 }),
  ];
  return { x, y, parts };
};

/** Names beside small squares of their colours, in one row under the title. */
const legend = (names: readonly string[]): string[] => {
  let left = PLOT.left;
  return names.flatMap((name, i) => {
    const start = left;
    // Half the font size is about the mean width of a letter.
    left += 34 + name.length * 7;
    return [
      `<rect x="${start}" y="45" width="12" height="12" rx="2" fill="${COLOURS[i % COLOURS.length]}"/>`,
      text(start + 18, 56, name),
    ];
  });
};

/** Curves over a common axis, with a legend where there is more than one. Points that are not finite break nothing: they are left out. */
export const lineChart = (options: {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** A vertical line with a word beside it, such as the chosen threshold. */
  readonly mark?: { readonly x: number; readonly label: string };
}): string => {
  const series = options.series.map(({ name, points }) => ({
    name,
    points: points.filter((point) => point.every(Number.isFinite)),
  }));
  const frame = makeFrame(
    options.x,
    options.y,
    series.flatMap(({ points }) => points),
  );
  const lines = series.map(({ points }, i) => {
    const colour = COLOURS[i % COLOURS.length];
    const [only, ...others] = points;
    // One round is no line yet: a dot shows it.
    if (only && others.length === 0)
      return `<circle cx="${px(frame.x(only[0]))}" cy="${px(frame.y(only[1]))}" r="3.5" fill="${colour}"/>`;
    return `<polyline class="line" stroke="${colour}" points="${points.map(([x, y]) => `${px(frame.x(x))},${px(frame.y(y))}`).join(' ')}"/>`;
  });
  const marked: string[] = [];
  if (options.mark) {
    const at = frame.x(options.mark.x);
    const anchor = at < WIDTH / 2 ? 'start' : 'end';
    // Above the plot, where no curve can run through it.
    marked.push(
      straight(at, PLOT.top - 4, at, HEIGHT - PLOT.bottom, 'guide'),
      text(at, PLOT.top - 9, options.mark.label, { anchor }),
    );
  }
  const names = series.length > 1 ? legend(series.map(({ name }) => name)) : [];
  return figure(options.title, [...names, ...frame.parts, ...marked, ...lines]);
};

/** One horizontal bar a label, its value at its end. */
export const barChart = (options: {
  readonly title: string;
  readonly bars: readonly { readonly label: string; readonly value: number }[];
  readonly unit?: Axis['unit'];
}): string => {
  const rowHeight = 34;
  const left = 96;
  const widest = WIDTH - left - 88;
  const largest = options.bars.reduce((most, { value }) => Math.max(most, value), 0) || 1;
  const parts = options.bars.flatMap(({ label, value }, i) => {
    const top = 48 + i * rowHeight;
    const width = Math.max(1, (value / largest) * widest);
    return [
      text(left - 10, top + 18, label, { anchor: 'end' }),
      `<rect x="${left}" y="${top}" width="${px(width)}" height="26" rx="3" fill="${COLOURS[0]}"/>`,
      text(left + width + 8, top + 18, formatTick(value, options.unit), { style: 'quiet' }),
    ];
  });
  return figure(options.title, parts, WIDTH, 60 + options.bars.length * rowHeight);
};

/** How often each true class (rows) was taken for each class (columns): shares of the row, deeper colour for more. */
export const confusionChart = (options: {
  readonly title: string;
  readonly labels: readonly string[];
  /** [truth][predicted] counts */
  readonly confusion: readonly (readonly number[])[];
}): string => {
  const { labels, confusion } = options;
  const [left, top, cellWidth, cellHeight] = [112, 92, 72, 44];
  const cells = confusion.flatMap((row, truth) => {
    const count = row.reduce((sum, value) => sum + value, 0);
    return row.flatMap((value, predicted) => {
      const part = count === 0 ? 0 : value / count;
      const [x, y] = [left + predicted * cellWidth, top + truth * cellHeight];
      const words = count === 0 ? '–' : `${Math.round(part * 100)}\u2009%`;
      return [
        `<rect x="${x + 1}" y="${y + 1}" width="${cellWidth - 2}" height="${cellHeight - 2}" rx="3" fill="${COLOURS[0]}" fill-opacity="${(0.06 + 0.94 * part).toFixed(2)}"/>`,
        text(x + cellWidth / 2, y + cellHeight / 2 + 5, words, {
          anchor: 'middle',
          style: part > 0.85 ? 'on-dark' : '',
        }),
      ];
    });
  });
  const names = labels.flatMap((label, i) => [
    text(left - 10, top + i * cellHeight + cellHeight / 2 + 5, label, { anchor: 'end' }),
    text(left + i * cellWidth + cellWidth / 2, top - 8, label, { anchor: 'middle' }),
  ]);
  const width = left + labels.length * cellWidth + 16;
  const height = top + labels.length * cellHeight + 16;
  const axes = [
    text(left + (labels.length * cellWidth) / 2, top - 32, 'predicted', { anchor: 'middle', style: 'quiet' }),
    text(20, top + (labels.length * cellHeight) / 2, 'true', { anchor: 'middle', style: 'quiet', turn: -90 }),
  ];
  return figure(options.title, [...axes, ...names, ...cells], width, height);
};

/** Accuracy in each confidence bin beside the confidence itself: a calibrated model's bars end at the dashed diagonal. */
export const reliabilityChart = (options: {
  readonly title: string;
  readonly bins: readonly {
    readonly low: number;
    readonly high: number;
    readonly count: number;
    readonly accuracy: number;
  }[];
}): string => {
  const percent = { range: [0, 1], unit: 'percent' } as const;
  const frame = makeFrame({ label: 'confidence', ...percent }, { label: 'right answers', ...percent }, []);
  const all = options.bins.reduce((sum, bin) => sum + bin.count, 0) || 1;
  const bars = options.bins
    .filter(({ count }) => count > 0)
    .map(({ low, high, count, accuracy }) => {
      const [x, y] = [frame.x(low) + 1, frame.y(accuracy)];
      const size = `width="${px(frame.x(high) - frame.x(low) - 2)}" height="${px(frame.y(0) - y)}"`;
      // Bins that few answers fall into say little: the fainter, the fewer.
      const opacity = (0.25 + 0.75 * Math.min(1, (count / all) * options.bins.length)).toFixed(2);
      return `<rect x="${px(x)}" y="${px(y)}" ${size} rx="2" fill="${COLOURS[0]}" fill-opacity="${opacity}"/>`;
    });
  const diagonal = straight(frame.x(0), frame.y(0), frame.x(1), frame.y(1), 'guide');
  const key = text(
    PLOT.left,
    56,
    'bars: accuracy in each bin, fainter for fewer answers; dashed: perfect calibration',
    {
      style: 'quiet',
    },
  );
  return figure(options.title, [key, ...frame.parts, ...bars, diagonal]);
};
