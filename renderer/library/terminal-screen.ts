/**
 * The last screenful of a console, for the miniature: just enough of a terminal to see what a person would see from
 * across the room.  Colours and modes are skipped; the real terminal is the console view's.
 */

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

interface Screen extends ScreenSize {
  readonly lines: string[][];
  row: number;
  column: number;
}

// An escape sequence (CSI, OSC, charset, or a single letter), or one character of text or control.
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what a terminal is told with
const PIECES = /\x1b\[([0-9;?]*)([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[()][A-Z0-9]|\x1b.|[\s\S]/gu;
const TAB_STOPS = 8;

/** What stands on the screen after these bytes, as `rows` lines. Bytes may begin in the middle of anything. */
export function screenAfter(bytes: Uint8Array, { columns, rows }: ScreenSize): string[] {
  const screen: Screen = { columns, rows, lines: [[]], row: 0, column: 0 };
  const text = new TextDecoder().decode(bytes);
  for (const [piece, parameters, final] of text.matchAll(PIECES)) {
    if (final !== undefined) control(screen, parameters ?? '', final);
    else if (!piece.startsWith('\x1b')) show(screen, piece);
  }
  const top = topOf(screen);
  return Array.from({ length: rows }, (_, row) => screen.lines[top + row]?.join('').trimEnd() ?? '');
}

/** Lines above have scrolled away; a cursor is always on the screen. */
function topOf({ lines, rows }: Screen): number {
  return Math.max(0, lines.length - rows);
}

function moveTo(screen: Screen, row: number, column: number): void {
  screen.row = Math.max(topOf(screen), row);
  screen.column = Math.max(0, Math.min(column, screen.columns - 1));
  while (screen.lines.length <= screen.row) screen.lines.push([]);
}

function show(screen: Screen, piece: string): void {
  const { row, column, columns } = screen;
  // As the terminal itself is set: guests without a terminal driver end their lines with this alone.
  if (piece === '\n') moveTo(screen, row + 1, 0);
  else if (piece === '\r') moveTo(screen, row, 0);
  else if (piece === '\b') moveTo(screen, row, column - 1);
  else if (piece === '\t') moveTo(screen, row, (Math.floor(column / TAB_STOPS) + 1) * TAB_STOPS);
  else if (piece >= ' ' && piece !== '\x7f') {
    if (column >= columns) moveTo(screen, row + 1, 0);
    const line = screen.lines[screen.row]!;
    while (line.length < screen.column) line.push(' ');
    line[screen.column++] = piece;
  }
}

function control(screen: Screen, parameters: string, final: string): void {
  const [first, second] = parameters.split(';').map((one) => Number.parseInt(one, 10) || 0);
  const far = Math.min(Math.max(first ?? 0, 1), Math.max(screen.rows, screen.columns));
  const { row, column } = screen;
  if (final === 'A') moveTo(screen, row - far, column);
  else if (final === 'B') moveTo(screen, Math.min(row + far, topOf(screen) + screen.rows - 1), column);
  else if (final === 'C') moveTo(screen, row, column + far);
  else if (final === 'D') moveTo(screen, row, column - far);
  else if (final === 'G') moveTo(screen, row, far - 1);
  else if (final === 'H' || final === 'f') home(screen, far, Math.max(second ?? 0, 1));
  else if (final === 'J') eraseScreen(screen, first ?? 0);
  else if (final === 'K') eraseLine(screen, first ?? 0);
}

function home(screen: Screen, row: number, column: number): void {
  moveTo(screen, topOf(screen) + Math.min(row, screen.rows) - 1, column - 1);
}

function eraseLine(screen: Screen, what: number): void {
  const line = screen.lines[screen.row]!;
  if (what === 0) line.length = Math.min(line.length, screen.column);
  else if (what === 1) line.fill(' ', 0, screen.column + 1);
  else line.length = 0;
}

function eraseScreen(screen: Screen, what: number): void {
  const { lines, row } = screen;
  const [from, to] =
    what === 0 ? [row + 1, lines.length] : what === 1 ? [topOf(screen), row] : [topOf(screen), lines.length];
  for (let one = from; one < to; one++) lines[one]!.length = 0;
  if (what < 2) eraseLine(screen, what);
}
