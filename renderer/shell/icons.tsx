/** The few pictures the window uses, drawn as strokes on a 16-pixel grid so that they take the colour of the text. */

const paths = {
  plus: 'M8 3v10M3 8h10',
  play: 'M5 3.2v9.6l7.6-4.8z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  power: 'M8 2.5v5M4.6 4.6a4.8 4.8 0 1 0 6.8 0',
  reset: 'M3.2 8a4.8 4.8 0 1 0 1.5-3.5M4.4 2v2.8h2.8',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2',
  close: 'M4 4l8 8M12 4l-8 8',
  home: 'M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z',
  compare: 'M3 13V8M6.3 13V3M9.7 13v-3M13 13V6',
  log: 'M3 4h10M3 8h10M3 12h6',
  preferences: 'M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6M10 3.4v3.2M6 9.4v3.2',
  about: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.3V11M8 5h.01',
  warning: 'M8 2.4 14.2 13H1.8zM8 6.6v3M8 11.3h.01',
  check: 'M3 8.5l3.2 3.2L13 4.8',
  file: 'M4 2.5h5l3 3v8H4zM9 2.5v3h3',
  copy: 'M5.5 5.5h7v8h-7zM3.5 10.5v-8h7',
  sort: 'M4.5 3v10M2.5 11l2 2 2-2M11.5 13V3M9.5 5l2-2 2 2',
  chevron: 'M4 6l4 4 4-4',
  bolt: 'M9 1.8 3.8 9H8l-1 5.2L12.2 7H8z',
} as const;

export type IconName = keyof typeof paths;

/** Always beside a label, visible or spoken: it says nothing itself. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  );
}

/** Two worlds and the switcher astride them: the mark of the app. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" focusable="false">
      <rect className="mark-ground" x="1" y="1" width="22" height="22" rx="6" />
      <path className="mark-worlds" d="M6 17.5 11.2 5.5h1.6L18 17.5" />
      <path className="mark-bridge" d="M4 13.2h16" />
    </svg>
  );
}
