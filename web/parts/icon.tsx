/** Small drawn signs for buttons; the button's name says what they do. */

const PATHS = {
  like: 'M10 16.2 4.3 10.6a3.7 3.7 0 0 1 5.2-5.2l.5.5.5-.5a3.7 3.7 0 0 1 5.2 5.2z',
  skip: 'M5 5l10 10M15 5 5 15',
  misfit: 'M4 8h12M4 12h12M13 4.5l-6 11',
  swap: 'M4 8h11l-3-3M16 12H5l3 3',
  play: 'M7 4.5v11l8.5-5.5z',
  pause: 'M7 5v10M13 5v10',
  next: 'M5 5v10l7-5zM15 5v10',
  close: 'M5 5l10 10M15 5 5 15',
} as const;

export const Icon = ({ name, filled = false }: { readonly name: keyof typeof PATHS; readonly filled?: boolean }) => (
  <svg
    class={`icon${filled ? ' filled' : ''}`}
    viewBox="0 0 20 20"
    width="20"
    height="20"
    aria-hidden="true"
    focusable="false"
  >
    <path d={PATHS[name]} />
  </svg>
);
